package Ranges;

# Package URLs and ranges of versions (specification, sections 4.4 to 4.7), without the feature `deb-rpm`.
#
# A version becomes a key: a string that sorts as bytes as its version sorts in its scheme.
use strict;
use warnings;
use Json;

my %KEY = (pypi => \&pypi, semver => \&semver, cargo => \&semver, npm => \&semver, intdot => \&intdot);

# What holds just below a constraint's point, and just above (section 4.7).
my %SIDES = ('' => [ 0, 0 ], '!=' => [ 1, 1 ], '<' => [ 1, 0 ], '<=' => [ 1, 0 ], '>' => [ 0, 1 ], '>=' => [ 0, 1 ]);

# The schemes that a purl's type allows, as keys of a hash; nothing when the purl is malformed.
sub schemes_of_purl {
    my ($purl) = @_;
    return if !Json::is_string($purl) || length $purl > 512;
    my $segment = qr/(?:[A-Za-z0-9._~:-]|%[0-9A-F]{2})+/;
    my ($type, $path) = $purl =~ m{\Apkg:([a-z][a-z0-9.-]*)/($segment(?:/$segment)*)\z} or return;
    my @segments = split m{/}, $path;
    for (@segments) {
        return if /%(?:4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9A]|2[DE]|5F|7E)/;    # what need not be encoded
        s/%(..)/chr hex $1/ge;
        return if !utf8::decode($_) || m{[/\x00-\x1f\x7f]} || /[^\x{0}-\x{d7ff}\x{e000}-\x{10ffff}]/;
    }
    my $name = pop @segments;
    my $namespace = join '/', @segments;
    if ($type eq 'pypi') { return if @segments || $name !~ /\A[a-z0-9]+(?:-[a-z0-9]+)*\z/ }
    if ($type eq 'cargo') { return if @segments || $name !~ /\A[A-Za-z][A-Za-z0-9_-]{0,63}\z/ }
    if ($type eq 'conda') { return if @segments || $name !~ /\A[a-z0-9_][a-z0-9._-]*\z/ }
    if ($type eq 'npm') {
        my $word = qr/[a-z0-9~-][a-z0-9._~-]*/;
        return if @segments > 1 || $name !~ /\A$word\z/ || @segments && $namespace !~ /\A\@$word\z/;
        return if length(@segments ? "$namespace/$name" : $name) > 214;
    }
    my @schemes = $type eq 'generic' ? keys %KEY : $type eq 'conda' ? () : $type;
    return { map { $_ => 1 } @schemes, 'semver', 'intdot' };
}

# The code of a range's first fault, or nothing.
sub fault {
    my ($range, $allowed) = @_;
    return 'versions-malformed' if !Json::is_string($range);
    my ($scheme, $rest) = $range =~ m{\Avers:([a-z][a-z0-9.-]*)/(.+)\z}s or return 'versions-malformed';
    my @constraints;
    for ($rest eq '*' ? () : split /\|/, $rest, -1) {
        my ($comparator, $version) =
            /\A(<=|>=|!=|<|>|)((?:[\x22-\x24\x26-\x29\x2b-\x3b\x3f-\x7b\x7d-\x7e]|%(?:21|25|2A|3C|3D|3E|7C))+)\z/
            or return 'versions-malformed';
        $version =~ s/%(..)/chr hex $1/ge;
        return 'versions-malformed' if length $version > 128;
        push @constraints, [ $comparator, $version ];
    }
    return 'versions-malformed' if @constraints > 16;
    my $key_of = $KEY{$scheme} or return;    # not implemented: sound, and its clause is false
    return 'versions-scheme' if !$allowed->{$scheme};
    my @keys = map { $key_of->($_->[1]) // return 'versions-unparsable' } @constraints;
    for (1 .. $#keys) { return 'versions-order' if $keys[$_] le $keys[ $_ - 1 ] }
    for (1 .. $#keys) {
        return 'versions-redundant' if $SIDES{ $constraints[ $_ - 1 ][0] }[1] != $SIDES{ $constraints[$_][0] }[0];
    }
    return;
}

# A number of any size: how many digits, then the digits. Versions are at most 128 bytes.
sub number {
    my ($number) = @_;
    $number =~ s/\A0+(?=.)//;
    return sprintf '%03d%s', length $number, $number;
}

# A list: one that is the beginning of another is smaller.
sub list { return join('', map {"\2$_"} @_) . "\1" }

# A part of a list that is a number or a word: words end below every character.
sub word { return "$_[0]\0" }

sub without_final_zeros {
    my @numbers = @_;
    pop @numbers while @numbers && $numbers[-1] =~ /\A0+\z/;
    return @numbers;
}

sub intdot {
    my ($version) = @_;
    return if $version !~ /\A[0-9]+(?:\.[0-9]+)*\z/;
    return list(map { number($_) } without_final_zeros(split /\./, $version));
}

sub semver {
    my ($version) = @_;
    my $number = qr/0|[1-9][0-9]*/;
    my $identifier = qr/[0-9A-Za-z-]+/;
    my ($major, $minor, $patch, $pre) = $version =~
        /\A($number)\.($number)\.($number)(?:-($identifier(?:\.$identifier)*))?(?:\+$identifier(?:\.$identifier)*)?\z/
        or return;
    my $key = number($major) . number($minor) . number($patch);
    return "${key}2" if !defined $pre;
    my @identifiers = split /\./, $pre;
    return if grep {/\A0[0-9]+\z/} @identifiers;
    return "${key}1" . list(map { /\A[0-9]+\z/ ? '1' . number($_) : '2' . word($_) } @identifiers);
}

sub pypi {
    my ($version) = @_;
    my ($epoch, $release, $letter, $pre, $post, $dev) = lc($version) =~ /\A
        v? (?:([0-9]+)!)? ([0-9]+(?:\.[0-9]+)*)
        (?: [-_.]? (alpha|a|beta|b|preview|pre|c|rc) [-_.]? ([0-9]*) )?
        ( -[0-9]+ | [-_.]? (?:post|rev|r) [-_.]? [0-9]* )?
        ( [-_.]? dev [-_.]? [0-9]* )?
        (?: \+ [a-z0-9]+(?:[-_.][a-z0-9]+)* )? \z/x or return;
    my $key = number($epoch // 0) . list(map { number($_) } without_final_zeros(split /\./, $release));
    if (defined $letter) { $key .= ($letter =~ /\Aa/ ? 1 : $letter =~ /\Ab/ ? 2 : 3) . number($pre || 0) }
    else { $key .= defined $dev && !defined $post ? 0 : 4 }
    $key .= defined $post ? '1' . number($post =~ /([0-9]+)/ ? $1 : 0) : '0';
    $key .= defined $dev ? '0' . number($dev =~ /([0-9]+)/ ? $1 : 0) : '1';
    return $key;
}

1;
