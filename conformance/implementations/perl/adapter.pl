#!/usr/bin/env perl
# Connects Notices.pm to the judge of the conformance suite (conformance/PROTOCOL.md).
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use JSON::PP ();
use MIME::Base64 qw(decode_base64);
use Notices;

$| = 1;    # one answer a line, at once
my $json = JSON::PP->new->utf8->canonical;

while (my $line = <STDIN>) {
    my $request = $json->decode($line);
    my $answer = eval { answer($request) } // { status => 'error', message => "$@" };
    print $json->encode({ id => $request->{id}, %$answer }), "\n";
}

sub answer {
    my ($request) = @_;
    if ($request->{operation} eq 'hello') {
        return accepted({
            name => 'perl-notices', version => '0.1.0', language => 'Perl', roles => ['document'], features => [],
        });
    }
    if ($request->{operation} ne 'parse') {
        return { status => 'unsupported', reason => "there is no $request->{operation} here" };
    }
    my $notices = eval {
        defined $request->{target}
            ? Notices::of_target(decode_base64($request->{target}), $request->{repository})
            : Notices::of_entry($request->{entry}, $request->{repository});
    };
    return accepted({ notices => $notices }) if $notices;
    my $refusal = $@;
    die $refusal unless ref $refusal;
    return { status => 'rejected', stage => 'document', code => $refusal->{code} };
}

sub accepted { return { status => 'accepted', result => $_[0] } }
