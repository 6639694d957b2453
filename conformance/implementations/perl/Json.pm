package Json;

# Reads JSON without losing what the specification asks about: the form of a number, a name that comes twice, an
# unpaired surrogate; and writes it in the form of RFC 8785.
#
# Strings are Perl strings of code points, objects and arrays are references. A number is a reference to its written
# form, blessed as Json::Number. true, false and null are blessed as Json::Word.
use strict;
use warnings;
no warnings qw(recursion surrogate);
use POSIX ();

my %ESCAPE = (b => "\b", f => "\f", n => "\n", r => "\r", t => "\t");
my %WRITTEN = reverse(%ESCAPE);

# The value, or nothing when the text is not JSON; and what was seen on the way: `duplicate` and `unpaired`.
sub read_text {
    my ($text) = @_;
    my (%seen, @open, $top);
    my $put = sub {
        my ($value) = @_;
        if (!@open) { $top = $value }
        elsif (ref $open[-1]{value} eq 'ARRAY') { push @{ $open[-1]{value} }, $value }
        else { $open[-1]{value}{ $open[-1]{name} } = $value }
    };
    my $string = sub {    # the opening quote is read already
        my $from = pos $text;
        $text =~ /\G[^"\\\x00-\x1f]*+(?:\\(?:["\\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*+)*+"/gc or return;
        my $string = substr $text, $from, pos($text) - 1 - $from;
        $string =~ s{\\(?:u([Dd][89ABab]..)\\u([Dd][C-Fc-f]..)|u(....)|(.))}{
            defined $1 ? chr(0x10000 + ((hex($1) & 0x3ff) << 10) + (hex($2) & 0x3ff))
                : defined $3 ? chr(hex $3) : $ESCAPE{$4} // $4 }gex;
        $seen{unpaired} = 1 if $string =~ /[\x{d800}-\x{dfff}]/;
        return \$string;
    };
    my $space = sub { $text =~ /\G[ \t\n\r]+/gc };
    my $name = sub {
        $space->();
        $text =~ /\G"/gc or return;
        my $name = $string->() or return;
        $space->();
        $text =~ /\G:/gc or return;
        $seen{duplicate} = 1 if exists $open[-1]{value}{$$name};
        $open[-1]{name} = $$name;
        return 1;
    };
    VALUE: while (1) {
        $space->();
        my $from = pos($text) // 0;
        if ($text =~ /\G[\[{]/gc) {
            my $value = substr($text, $from, 1) eq '{' ? {} : [];
            $put->($value);
            push @open, { value => $value };
            $space->();
            if (ref $value eq 'HASH') {
                if ($text !~ /\G(?=\})/gc) { $name->() or return; next VALUE }
            }
            elsif ($text !~ /\G(?=\])/gc) { next VALUE }
        }
        elsif ($text =~ /\G"/gc) { $put->(${ $string->() // return }) }
        elsif ($text =~ /\G-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/gc) {
            $put->(bless \(my $written = substr $text, $from, pos($text) - $from), 'Json::Number');
        }
        elsif ($text =~ /\Gtrue|\Gfalse|\Gnull/gc) {
            $put->(bless \(my $word = substr $text, $from, pos($text) - $from), 'Json::Word');
        }
        else { return }
        while (@open) {
            $space->();
            my $object = ref $open[-1]{value} eq 'HASH';
            if ($text =~ /\G,/gc) {
                $object and ($name->() or return);
                next VALUE;
            }
            $object ? $text =~ /\G\}/gc : $text =~ /\G\]/gc or return;
            pop @open;
        }
        last;
    }
    $space->();
    return if (pos($text) // 0) < length $text;
    return (\$top, %seen);
}

# The document bytes (section 2.2), or nothing when there are none. Names are sorted as code points, which for ASCII is
# RFC 8785; for others the order does not matter here, because they are refused before it could.
sub bytes {
    my ($value) = @_;
    my $text = '';
    write_to(\$text, $value) or return;
    utf8::encode($text);
    return $text;
}

sub write_to {
    my ($text, $value) = @_;
    my $separator = '';
    if (!ref $value) {
        return if $value =~ /[\x{d800}-\x{dfff}]/;
        $value =~ s{(["\\\x00-\x1f])}{
            '\\' . ($1 eq '"' || $1 eq '\\' ? $1 : $WRITTEN{$1} // sprintf 'u%04x', ord $1)}ge;
        $$text .= qq("$value");
    }
    elsif (is_array($value)) {
        for (@$value) {
            $$text .= $separator || '[';
            $separator = ',';
            write_to($text, $_) or return;
        }
        $$text .= $separator ? ']' : '[]';
    }
    elsif (is_object($value)) {
        for (sort keys %$value) {
            $$text .= $separator || '{';
            $separator = ',';
            write_to($text, $_) or return;
            $$text .= ':';
            write_to($text, $value->{$_}) or return;
        }
        $$text .= $separator ? '}' : '{}';
    }
    else {
        $$text .= (ref $value eq 'Json::Number' ? number($$value) : $$value) // return;
    }
    return 1;
}

# A number as ECMAScript prints it.
sub number {
    my $double = POSIX::strtod($_[0]);
    return if $double * 0 != 0;    # beyond the range of a double
    return '0' if $double == 0;
    my $shortest;
    for my $digits (0 .. 16) {
        $shortest = sprintf '%.*e', $digits, $double;
        last if POSIX::strtod($shortest) == $double;
    }
    my ($sign, $first, $rest, $exponent) = $shortest =~ /\A(-?)([0-9])\.?([0-9]*)e([-+][0-9]+)\z/;
    my $digits = "$first$rest";
    my $point = $exponent + 1;     # where the point stands in the digits
    return $sign . $digits . '0' x ($point - length $digits) if length $digits <= $point && $point <= 21;
    return $sign . substr($digits, 0, $point) . '.' . substr($digits, $point) if 0 < $point && $point <= 21;
    return $sign . '0.' . '0' x -$point . $digits if -6 < $point && $point <= 0;
    return $sign . $first . (length $rest ? ".$rest" : '') . 'e' . ($exponent < 0 ? '-' : '+') . abs $exponent;
}

sub is_string { defined $_[0] && !ref $_[0] }
sub is_object { ref $_[0] eq 'HASH' }
sub is_array  { ref $_[0] eq 'ARRAY' }

# An integer by its value; nothing for other numbers and for what is none.
sub integer {
    my ($value) = @_;
    return unless ref $value eq 'Json::Number';
    my $number = number($$value) // return;
    return $number =~ /\A-?[0-9]{1,16}\z/ ? 0 + $number : undef;
}

# How many containers stand inside each other.
sub depth {
    my ($value) = @_;
    my $deepest = 0;
    my @todo = ([ $value, 1 ]);
    while (my $next = pop @todo) {
        my ($container, $depth) = @$next;
        my $object = is_object($container);
        next unless $object || is_array($container);
        $deepest = $depth if $depth > $deepest;
        push @todo, map { [ $_, $depth + 1 ] } $object ? values %$container : @$container;
    }
    return $deepest;
}

# Every member name at every depth.
sub names {
    my ($value) = @_;
    my @names;
    my @todo = ($value);
    while (@todo) {
        my $next = pop @todo;
        if (is_object($next)) { push @names, keys %$next; push @todo, values %$next }
        elsif (is_array($next)) { push @todo, @$next }
    }
    return @names;
}

1;
