package Notices;

# A document processor of TUF-MOTD 1.0, level core, without extended features (specification, chapters 2 to 4).
use strict;
use warnings;
use Digest::SHA qw(sha256_hex sha512_hex);
use FindBin;
use JSON::PP ();
use Time::Local qw(timegm_modern);
use Json;
use Ranges;

my $ID = qr/[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?/;
my $REPOSITORY = qr{[a-z0-9](?:[a-z0-9._/-]{0,251}[a-z0-9])?};
my $LANGUAGE = qr/
    (?: [a-z]{2,3} (?: -[a-z]{3} (?: -[a-z]{3} ){0,2} )? | [a-z]{4} | [a-z]{5,8} )
    (?: -[A-Z][a-z]{3} )?                                 # script
    (?: -(?: [A-Z]{2} | [0-9]{3} ) )?                     # region
    (?: -(?: [a-z0-9]{5,8} | [0-9][a-z0-9]{3} ) )*        # variants
    (?: -[0-9a-wyz] (?: -[a-z0-9]{2,8} )+ )*              # extensions
    (?: -x (?: -[a-z0-9]{1,8} )+ )?                       # private use
/x;
my $SPACE = qr/[\x{20}\x{a0}\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]/;
my $PCHAR = qr/[A-Za-z0-9._~!\$&'()*+,;=:\@-]|%[0-9A-Fa-f]{2}/;
my $LABEL = qr/[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?/;
my $HOST = qr/(?:$LABEL\.)+(?!0x)(?![0-9]+(?![a-z0-9-]))$LABEL/;
my $URL = qr{https://($HOST)(?::([1-9][0-9]{0,4}))?(?:/(?:$PCHAR)*)*(?:\?(?:$PCHAR|[/?])*)?(?:\#(?:$PCHAR|[/?])*)?};
my $NOT_PERMITTED = table('permitted', '^');
my $MARK = table('marks', '');

# A table of section 3.2 as a character class.
sub table {
    my ($name, $negated) = @_;
    open my $file, '<', "$FindBin::Bin/../../../spec/tables/$name.json" or die "table $name: $!\n";
    my $ranges = JSON::PP::decode_json(do { local $/; <$file> })->{ranges};
    my $class = join '', map { sprintf '\x{%x}-\x{%x}', @$_ } @$ranges;
    return qr/[$negated$class]/;
}

sub refuse { die { code => $_[0] } }

# Section 2.6, target bytes. Dies with a code when the document is refused.
sub of_target {
    my ($bytes, $repository) = @_;
    refuse('document-too-large') if length $bytes > 65_536;
    my $text = $bytes;
    refuse('not-utf-8') if !utf8::decode($text) || $text =~ /[^\x{0}-\x{d7ff}\x{e000}-\x{10ffff}]/;
    my ($value, %seen) = Json::read_text($text);
    refuse('not-json') if !$value || $seen{unpaired};
    refuse('too-deep') if Json::depth($$value) > 8;
    refuse('duplicate-name') if $seen{duplicate};
    names_are_ascii($$value);
    my $canonical = Json::bytes($$value);
    refuse('not-document-bytes') if !defined $canonical || $canonical ne $bytes;
    return document($$value, $repository);
}

# Section 2.6, the custom value, of a target entry.
sub of_entry {
    my ($text, $repository) = @_;
    my ($read) = Json::read_text($text);
    die "the target entry is no object with a document\n"
        if !$read || !Json::is_object($$read) || !Json::is_object($$read->{custom}) || !exists $$read->{custom}{motd};
    my $entry = $$read;
    my $value = $entry->{custom}{motd};
    my $bytes = Json::bytes($value);
    refuse('document-too-large') if defined $bytes && length $bytes > 16_384;
    refuse('too-deep') if Json::depth($value) > 8;
    names_are_ascii($value);
    my $hashes = Json::is_object($entry->{hashes}) ? $entry->{hashes} : {};
    my %known = (sha256 => \&sha256_hex, sha512 => \&sha512_hex);
    my @named = grep { exists $hashes->{$_} } sort keys %known;
    refuse('carrier-no-hash') if !@named;
    refuse('carrier-hash') if !defined $bytes;
    refuse('carrier-length') if (Json::integer($entry->{length}) // -1) != length $bytes;
    for (@named) { refuse('carrier-hash') if !Json::is_string($hashes->{$_}) || $hashes->{$_} ne $known{$_}->($bytes) }
    return document($value, $repository);
}

sub names_are_ascii {
    my ($value) = @_;
    for (Json::names($value)) { refuse('name-not-ascii') if !/\A[\x20-\x7e]+\z/ }
    return;
}

# Section 2.8. Returns the entries as the protocol wants them.
sub document {
    my ($document, $repository) = @_;
    refuse('not-an-object') if !Json::is_object($document);
    refuse('schema-version') if !matches($document->{schema_version}, qr/1\.(?:0|[1-9][0-9]*)/);
    refuse('repository-malformed') if !matches($document->{repository}, $REPOSITORY);
    refuse('repository-mismatch') if $document->{repository} ne $repository;
    my $default = exists $document->{default_language} ? $document->{default_language} : 'en';
    refuse('default-language-malformed') if !matches($default, $LANGUAGE);
    my $entries = exists $document->{notices} ? $document->{notices} : [];
    refuse('notices-malformed') if !Json::is_array($entries);
    refuse('notices-too-many') if @$entries > 32;
    my %count;
    for (@$entries) { $count{ $_->{id} }++ if Json::is_object($_) && Json::is_string($_->{id}) }
    return [ map { judged($_, $default, \%count) } @$entries ];
}

sub judged {
    my ($entry, $default, $count) = @_;
    my $id = Json::is_object($entry) && matches($entry->{id}, $ID) ? $entry->{id} : undef;
    my $judged = { id => $id, code => undef, refused_languages => {}, notice => undef };
    if (eval { $judged->{notice} = notice($entry, $default, $count, $judged->{refused_languages}); 1 }) { return $judged }
    die $@ unless ref $@;
    return { %$judged, code => $@->{code}, refused_languages => {} };
}

# Section 2.9, in the order of section 2.6.
sub notice {
    my ($entry, $default, $count, $refused) = @_;
    refuse('notice-not-an-object') if !Json::is_object($entry);
    refuse('id-duplicate') if Json::is_string($entry->{id}) && $count->{ $entry->{id} } > 1;
    refuse('id-malformed') if !matches($entry->{id}, $ID);
    my $revision = Json::integer($entry->{revision}) // 0;
    refuse('revision-malformed') if $revision < 1 || $revision > 9_007_199_254_740_991;
    refuse('severity-malformed') if !matches($entry->{severity}, $ID);
    refuse('topic-malformed') if exists $entry->{topic} && !matches($entry->{topic}, $ID);
    my $begins = seconds($entry->{begins});
    my $ends = seconds($entry->{ends});
    refuse('time-malformed') if !defined $begins || !defined $ends;
    refuse('time-order') if $begins >= $ends;
    refuse('time-span') if $ends - $begins > 31_622_400;
    my $requires = ids($entry, 'requires') // refuse('requires-malformed');
    refuse('requires-unknown') if @$requires;
    refuse('repeat-malformed') if exists $entry->{repeat} && !matches($entry->{repeat}, $ID);
    my $resolves = ids($entry, 'resolves') // refuse('resolves-malformed');
    refuse('resolves-malformed') if grep { $_ eq $entry->{id} } @$resolves;
    my $text = languages($entry->{text}, $default, $refused);
    my $links = links($entry);
    audience($entry->{audience}) if exists $entry->{audience};
    my $registered = $entry->{severity} =~ /\A(?:warning|critical)\z/;
    return {
        revision => $revision,
        severity => $registered && !@$resolves ? $entry->{severity} : 'info',
        topic => $entry->{topic},
        begins => $entry->{begins},
        ends => $entry->{ends},
        repeat => ($entry->{repeat} // '') eq 'once' ? 'once' : undef,
        resolves => $resolves,
        text => $text,
        links => $links,
    };
}

sub matches { Json::is_string($_[0]) && $_[0] =~ /\A$_[1]\z/ }

# An array of at most 32 different ids, or nothing.
sub ids {
    my ($entry, $name) = @_;
    return [] if !exists $entry->{$name};
    my $ids = $entry->{$name};
    return if !Json::is_array($ids) || @$ids > 32;
    my %seen;
    for (@$ids) { return if !matches($_, $ID) || $seen{$_}++ }
    return $ids;
}

# Section 3.3: seconds since 1970, or nothing.
sub seconds {
    my ($time) = @_;
    return if !matches($time, qr/(?:19[7-9]|[2-9][0-9]{2})[0-9]-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-5][0-9]:[0-5][0-9]Z/);
    my ($year, $month, $day, $hour, $minute, $second) = split /[^0-9]/, $time;
    return eval { timegm_modern($second, $minute, $hour, $day, $month - 1, $year) };
}

# Sections 3.1 and 3.4. Fills in which languages are refused.
sub languages {
    my ($text, $default, $refused) = @_;
    refuse('text-malformed') if !Json::is_object($text);
    refuse('languages-too-many') if keys %$text > 64;
    my %accepted;
    for my $tag (keys %$text) {
        my $code = language_fault($tag, $text->{$tag});
        if (defined $code) { $refused->{$tag} = $code; next }
        $accepted{$tag} = { title => $text->{$tag}{title}, body => $text->{$tag}{body} };
    }
    refuse($refused->{$default} // 'default-language-missing') if !$accepted{$default};
    return \%accepted;
}

sub language_fault {
    my ($tag, $entry) = @_;
    return 'language-tag-malformed' if $tag !~ /\A$LANGUAGE\z/;
    return 'title-malformed' if !Json::is_object($entry);
    my $fault = line_fault($entry->{title}, 120, 'title-malformed');
    return $fault if $fault;
    my $body = $entry->{body};
    return 'body-malformed' if !Json::is_array($body) || @$body > 8;
    for (@$body) {
        $fault = line_fault($_, 1000, 'paragraph-malformed');
        return $fault if $fault;
    }
    return;
}

sub line_fault {
    my ($line, $longest, $malformed) = @_;
    return $malformed if !Json::is_string($line) || $line =~ /\A(?:$SPACE|$MARK)*\z/ || length $line > $longest;
    return 'text-code-point' if $line =~ $NOT_PERMITTED;
    return 'text-marks' if $line =~ /\A$MARK|$MARK{5}/;
    return 'text-command' if $line =~ /##/;
    return;
}

# Section 3.5.
sub links {
    my ($entry) = @_;
    return [] if !exists $entry->{links};
    my $links = $entry->{links};
    refuse('links-malformed') if !Json::is_array($links) || @$links > 4 || grep { !Json::is_object($_) } @$links;
    for (@$links) {
        refuse('link-rel-malformed') if !matches($_->{rel}, $ID);
        my $url = $_->{url};
        refuse('link-url-malformed') if !Json::is_string($url) || length $url > 2048;
        my ($host, $port) = $url =~ /\A$URL\z/ or refuse('link-url-malformed');
        refuse('link-url-malformed') if length $host > 253 || ($port // 1) > 65_535;
    }
    return [ map { { rel => $_->{rel}, url => $_->{url} } } @$links ];
}

# Sections 4.1 to 4.7. Without the feature `rollout`, its member is like any other that is not defined.
sub audience {
    my ($clauses) = @_;
    refuse('audience-malformed') if !objects($clauses, 16);
    for my $clause (@$clauses) {
        if (exists $clause->{components}) {
            refuse('components-malformed') if !objects($clause->{components}, 32);
            for (@{ $clause->{components} }) {
                my $schemes = Ranges::schemes_of_purl($_->{purl}) // refuse('purl-malformed');
                my $fault = exists $_->{versions} && Ranges::fault($_->{versions}, $schemes);
                refuse($fault) if $fault;
            }
        }
        for my $tokens (map { exists $clause->{$_} ? $clause->{$_} : () } qw(os arch commands)) {
            refuse('clause-malformed') if !Json::is_array($tokens) || !@$tokens || @$tokens > 16;
            for (@$tokens) { refuse('clause-malformed') if !matches($_, $ID) }
        }
    }
    return;
}

# Whether it is an array of one to so many objects, none of them empty.
sub objects {
    my ($array, $most) = @_;
    return Json::is_array($array) && @$array && @$array <= $most && !grep { !Json::is_object($_) || !%$_ } @$array;
}

1;
