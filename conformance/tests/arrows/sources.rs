//! The modules of a crate as its sources declare them, and what a path in them names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ImplItemFn, Item, ItemMod, ItemUse, Macro, UseTree, Visibility};

/// The segments of a path.
type Segments = Vec<String>;

/// A module, without what is compiled for tests alone.
#[derive(Default)]
struct Module {
    file: String,
    parent: Option<usize>,
    names: BTreeMap<String, Vec<Binding>>,
    globs: Vec<Segments>,
    /// What macros between the items may define.
    words: BTreeSet<String>,
    /// What the code names, and whether a `pub use` does.
    paths: Vec<(Segments, bool)>,
}

/// What a name in a module stands for; a module, a type and a function may share one.
enum Binding {
    Module(usize),
    Item,
    Import(Segments),
}

/// What a path leads to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Module(usize),
    /// An item, and the module that defines it.
    Item(usize, String),
}

/// The modules of a crate; the first is its root.
pub(crate) struct Sources {
    modules: Vec<Module>,
}

impl Sources {
    /// Reads a crate from its root on; files are named by their paths below `base`.
    pub(crate) fn read(base: &Path, root: &str) -> Self {
        let mut sources = Self {
            modules: Vec::new(),
        };
        sources.add_file(
            base,
            Path::new(root),
            Path::new(root).parent().unwrap(),
            None,
        );
        sources
    }

    /// Adds the module of a file, whose own modules are files in `folder`.
    fn add_file(
        &mut self,
        base: &Path,
        file: &Path,
        folder: &Path,
        parent: Option<usize>,
    ) -> usize {
        let text = std::fs::read_to_string(base.join(file))
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let parsed =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.add(base, file, folder, parent, &parsed.items)
    }

    fn add(
        &mut self,
        base: &Path,
        file: &Path,
        folder: &Path,
        parent: Option<usize>,
        items: &[Item],
    ) -> usize {
        let module = self.modules.len();
        self.modules.push(Module {
            file: file.to_str().unwrap().to_owned(),
            parent,
            ..Module::default()
        });
        let mut reader = ModuleReader::default();
        for item in items {
            reader.visit_item(item);
        }
        for ItemMod { ident, content, .. } in reader.modules {
            let name = ident.unraw().to_string();
            let inner = folder.join(&name);
            let child = if let Some((_, items)) = &content {
                self.add(base, file, &inner, Some(module), items)
            } else {
                let beside = inner.with_extension("rs");
                let exists = base.join(&beside).exists();
                let file = if exists { beside } else { inner.join("mod.rs") };
                self.add_file(base, &file, &inner, Some(module))
            };
            reader
                .module
                .names
                .entry(name)
                .or_default()
                .push(Binding::Module(child));
        }
        let Module { file, parent, .. } = std::mem::take(&mut self.modules[module]);
        self.modules[module] = Module {
            file,
            parent,
            ..reader.module
        };
        module
    }

    /// File to imported file, and the names of the imported items.
    ///
    /// What a parent re-exports of its children is no import. A path over a re-export leads to the file that defines the
    /// item, and a module by itself is no item.
    pub(crate) fn imports(&self) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
        let mut imports: BTreeMap<_, BTreeMap<_, BTreeSet<_>>> = BTreeMap::new();
        for (at, module) in self.modules.iter().enumerate() {
            for (path, is_reexport) in &module.paths {
                for target in self.resolve(at, path, &mut BTreeSet::new()) {
                    let Target::Item(to, name) = target else {
                        continue;
                    };
                    let file = &self.modules[to].file;
                    if *file == module.file || (*is_reexport && self.is_below(to, at)) {
                        continue;
                    }
                    let files = imports.entry(module.file.clone()).or_default();
                    files.entry(file.clone()).or_default().insert(name);
                }
            }
        }
        imports
    }

    fn is_below(&self, module: usize, above: usize) -> bool {
        let parent = self.modules[module].parent;
        parent.is_some_and(|parent| parent == above || self.is_below(parent, above))
    }

    /// Everything that a path in a module may lead to; nothing for other crates, and for names inside of a function.
    fn resolve(
        &self,
        at: usize,
        path: &[String],
        seen: &mut BTreeSet<(usize, Segments)>,
    ) -> BTreeSet<Target> {
        if !seen.insert((at, path.to_vec())) {
            return BTreeSet::new();
        }
        let mut segments = path.iter();
        let first = segments.next().map_or("", String::as_str);
        let mut targets = match first {
            "crate" => BTreeSet::from([Target::Module(0)]),
            "self" | "super" => self.step(at, first, seen),
            name => self.named(at, name, seen),
        };
        for segment in segments {
            let below: BTreeSet<Target> = targets
                .iter()
                .flat_map(|target| match target {
                    Target::Module(module) => self.step(*module, segment, seen),
                    Target::Item(..) => BTreeSet::new(),
                })
                .collect();
            if below.is_empty() {
                // A variant, or a function of a type: the type is what was imported.
                targets.retain(|target| matches!(target, Target::Item(..)));
            } else {
                targets = below;
            }
        }
        targets
    }

    fn step(
        &self,
        at: usize,
        segment: &str,
        seen: &mut BTreeSet<(usize, Segments)>,
    ) -> BTreeSet<Target> {
        match segment {
            "self" => BTreeSet::from([Target::Module(at)]),
            "super" => self.modules[at]
                .parent
                .into_iter()
                .map(Target::Module)
                .collect(),
            name => self.named(at, name, seen),
        }
    }

    /// What a name stands for in a module.
    fn named(
        &self,
        at: usize,
        name: &str,
        seen: &mut BTreeSet<(usize, Segments)>,
    ) -> BTreeSet<Target> {
        let module = &self.modules[at];
        let mut targets = BTreeSet::new();
        for found in module.names.get(name).into_iter().flatten() {
            match found {
                Binding::Module(module) => drop(targets.insert(Target::Module(*module))),
                Binding::Item => drop(targets.insert(Target::Item(at, name.to_owned()))),
                Binding::Import(path) => targets.extend(self.resolve(at, path, seen)),
            }
        }
        for glob in module
            .globs
            .iter()
            .filter(|_| targets.is_empty())
            .cloned()
            .collect::<Vec<_>>()
        {
            let mut path = glob;
            path.push(name.to_owned());
            targets.extend(self.resolve(at, &path, seen));
        }
        if targets.is_empty() && module.words.contains(name) {
            targets.insert(Target::Item(at, name.to_owned()));
        }
        targets
    }
}

/// Reads the items of one module.
#[derive(Default)]
struct ModuleReader<'ast> {
    module: Module,
    modules: Vec<&'ast ItemMod>,
}

impl ModuleReader<'_> {
    fn import(&mut self, tree: &UseTree, mut path: Segments, is_reexport: bool) {
        match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.unraw().to_string());
                self.import(&tree.tree, path, is_reexport);
            }
            UseTree::Name(tree) if tree.ident != "self" => {
                path.push(tree.ident.unraw().to_string());
                self.import_as(&tree.ident, path, is_reexport);
            }
            UseTree::Name(_) => {
                let name = path.last().cloned().unwrap_or_default();
                self.import_as(&syn::parse_str(&name).unwrap(), path, is_reexport);
            }
            UseTree::Rename(tree) => {
                if tree.ident != "self" {
                    path.push(tree.ident.unraw().to_string());
                }
                self.import_as(&tree.rename, path, is_reexport);
            }
            UseTree::Glob(_) => self.module.globs.push(path),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, path.clone(), is_reexport);
                }
            }
        }
    }

    fn import_as(&mut self, name: &Ident, path: Segments, is_reexport: bool) {
        let names = self
            .module
            .names
            .entry(name.unraw().to_string())
            .or_default();
        names.push(Binding::Import(path.clone()));
        self.module.paths.push((path, is_reexport));
    }

    fn name(&mut self, path: &syn::Path) {
        let segments = path.segments.iter();
        let segments = segments.map(|segment| segment.ident.unraw().to_string());
        self.module.paths.push((segments.collect(), false));
    }

    /// The paths in the tokens of a macro or an attribute, also those that stand in a string.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Segments::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.module.paths.push((std::mem::take(&mut path), false));
                    }
                    path.push(ident.unraw().to_string());
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    let path = syn::parse_str(&literal.to_string()).ok();
                    if let Some(path) = path.and_then(|text: syn::LitStr| text.parse().ok()) {
                        self.name(&path);
                    }
                }
                TokenTree::Punct(_) => self.module.paths.push((std::mem::take(&mut path), false)),
            }
            colons = 0;
        }
        self.module.paths.push((path, false));
    }
}

impl<'ast> Visit<'ast> for ModuleReader<'ast> {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, name) = described(item);
        if attributes.iter().any(is_for_tests) {
            return;
        }
        if let Some(name) = name {
            let names = self.module.names.entry(name.unraw().to_string());
            names.or_default().push(Binding::Item);
        }
        if let Item::Mod(module) = item {
            self.modules.push(module);
            return;
        }
        if let Item::Macro(item) = item {
            words(item.mac.tokens.clone(), &mut self.module.words);
        }
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let is_reexport = !matches!(item.vis, Visibility::Inherited);
        self.import(&item.tree, Segments::new(), is_reexport);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !item.attrs.iter().any(is_for_tests) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.name(path);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        visit::visit_macro(self, item);
        self.tokens(item.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }
}

/// The attributes of an item, and the name that it defines.
fn described(item: &Item) -> (&[Attribute], Option<&Ident>) {
    match item {
        Item::Const(item) => (&item.attrs, Some(&item.ident)),
        Item::Enum(item) => (&item.attrs, Some(&item.ident)),
        Item::ExternCrate(item) => (&item.attrs, None),
        Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
        Item::Impl(item) => (&item.attrs, None),
        Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
        Item::Mod(item) => (&item.attrs, None),
        Item::Static(item) => (&item.attrs, Some(&item.ident)),
        Item::Struct(item) => (&item.attrs, Some(&item.ident)),
        Item::Trait(item) => (&item.attrs, Some(&item.ident)),
        Item::Type(item) => (&item.attrs, Some(&item.ident)),
        Item::Use(item) => (&item.attrs, None),
        _ => panic!("an item of a kind that this test does not know"),
    }
}

/// Whether an attribute is `cfg(test)`, or another `cfg` that asks for it.
fn is_for_tests(attribute: &Attribute) -> bool {
    let mut words_of = BTreeSet::new();
    if let syn::Meta::List(list) = &attribute.meta {
        words(list.tokens.clone(), &mut words_of);
    }
    attribute.path().is_ident("cfg") && words_of.contains("test") && !words_of.contains("not")
}

fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => drop(found.insert(ident.unraw().to_string())),
            TokenTree::Group(group) => words(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
