//! The workflow over a network in memory: what a check costs beside the network. The figures are in `docs/performance`.
#![expect(clippy::unwrap_used, reason = "a benchmark stops where it fails")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use motd_client::check_offline;
use motd_test_support::{HOUR, Simulation, outcome};

fn workflow(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    criterion.bench_function("check/cold", |bencher| {
        bencher.iter_batched(
            Simulation::new,
            |world| {
                let report = runtime.block_on(world.check(0));
                assert_eq!(outcome(&report), "fresh");
                world
            },
            BatchSize::PerIteration,
        );
    });
    let world = runtime.block_on(Simulation::warm());
    criterion.bench_function("check/warm", |bencher| {
        bencher.iter(|| {
            let report = runtime.block_on(world.check(HOUR));
            assert_eq!(outcome(&report), "fresh");
        });
    });
    criterion.bench_function("check/offline", |bencher| {
        let config = world.config(HOUR);
        bencher.iter(|| assert_eq!(outcome(&check_offline(&config)), "cached"));
    });
}

criterion_group!(benches, workflow);
criterion_main!(benches);
