# tools/lib/Handout.pm - which files the students of a lab get, and which places
# in these files they write, as conf/handout.pm says.
#
# Entry points:
#   Handout::course()		the data of conf/handout.pm
#   Handout::files(LAB)		the files of the whole tree that this lab needs
#   Handout::tree(LAB, N)	the tree of this lab, solved up to exercise N:
#				a hash of texts by file
#   Handout::places(LAB)	the places in these files that this lab or a
#				later one asks for; those of later labs come
#				first, as they may be part of earlier ones
#   Handout::without(TEXT, PLACE, LAB)	a file's text with a comment and a stub
#				in that place
#   Handout::answer(TEXT, PLACE)	the code in that place that students are
#				to write, as a list of texts
#   Handout::title(PLACE)	what README.md calls that place
#   Handout::blank_places(LAB)	"LAB FILE FUNCTION" => a list of what
#				Source::blank_places says of it, for what the
#				students of this lab write
#   Handout::check()		the mistakes in conf/handout.pm, as a list

package Handout;
use strict;
use warnings;
use List::Util qw(uniq);
use Shake;
use Source;

my $NEVER = 9;			# the lab whose students get all files

sub course
{
	our $course;
	return $course //= do './conf/handout.pm'
	    || die $@ || "conf/handout.pm: $!\n";
}

sub tree_files
{
	chomp(my @files = `git ls-files`);
	die "handout: this is no git repository\n" if !@files;
	return grep { -f } @files;
}

# What a lab takes of the whole tree, as it is
sub files
{
	my ($lab) = @_;
	my $grader = Source::read_file("grade-lab$lab");

	return grep { !m{^(?:docs|handout|tests|\.ci)/} && (since($_) <= $lab
	    || !m{^(?:fs|user|grade-lab)} || m{^(?:fs|user)/(?:Makefrag|.*\.ld)$}
	    || m{^user/check/(.*)\.c$} && $grader =~ /=> '$1'/) } tree_files();
}

# The tree of this lab, in which the exercises up to this number are solved.
# What the solution does not reach is not there.
sub tree
{
	my ($lab, $exercise) = @_;
	my $all = simpler($lab);
	my $whole = shaken({ %$all }, $lab, sub { 0 });
	my @open = grep { $_->{lab} == $lab && $_->{ex} =~ /(\d+)/
	    && $1 > $exercise } places($lab);

	return $whole if !@open;
	for my $place (@open) {
		my $text = \$all->{$place->{file}};
		$$text = without($$text, $place, $lab);
	}
	my %solved;
	for my $file (grep { /\.[ch]$/ } keys %$whole) {
		$solved{"$file $_"} = 1 for map { @{$_->{names}} }
		    Shake::items($whole->{$file});
	}
	return shaken($all, $lab, sub { $solved{"@_"} },
	    $exercise ? () : map { @{$_->{hides} // []} } @open);
}

# The files of this lab, with functions from handout/, and without places of
# later labs
sub simpler
{
	my ($lab) = @_;
	my %text;

	for my $file (grep { since($_) <= $lab } tree_files()) {
		$text{$file} = Source::read_file($file);
	}
	for my $to (reverse $lab .. 5) {
		for my $new (glob join ' ', map { "handout/$to/$_" }
		    qw(.g* * */* */*/*)) {
			my $file = $new =~ s{^handout/\d/}{}r;
			next if !-f $new || since($file) > $lab;
			my $text = Source::read_file($new);
			$text{$file} = $file =~ /\.[ch]$/ && $text{$file}
			    ? Shake::replace($text{$file}, $text) : $text;
		}
	}
	for my $cut (grep { $_->{since} > $lab } @{course()->{cuts}}) {
		my $text = \($text{$cut->{file}} // next);
		$$text = cut($$text, $cut);
	}
	known_fields(\%text, $lab);
	for my $place (grep { $_->{lab} > $lab } places($lab)) {
		my $text = $text{$place->{file}} // next;
		next if is_whole($place);
		# It may be there later only
		$text{$place->{file}} = $text
		    if eval { $text = without($text, $place, $lab) };
	}
	return \%text;
}

# A place that is a whole function: earlier labs do without the function.
sub is_whole
{
	my ($place) = @_;
	return $place->{function} && !$place->{gap} && !$place->{from};
}

sub cut
{
	my ($text, $cut) = @_;
	my ($before, $body, $after) = find_function($text, $cut);

	for my $gap (gaps($body, $cut)) {
		$body =~ s/\Q$gap\E/$cut->{instead} \/\/ ''/e;
	}
	return $before . $body . $after;
}

# What differs from lab to lab is a field of struct Lab (kern/lab.h).  Fields
# that are the same in all labs up to this one are known.
sub known_fields
{
	my ($text, $lab) = @_;
	my @rows = Source::read_file('kern/lab.c') =~
	    /^\t\[(\d)\] = \{(.*?)\n?\t?\},$/msg;
	my (%value, %known);

	while (my ($number, $row) = splice @rows, 0, 2) {
		if ($number > $lab) {
			$text->{'kern/lab.c'} =~
			    s/^\t\[$number\] = \{\Q$row\E\n?\t?\},\n//m
			    if $text->{'kern/lab.c'};
			next;
		}
		$value{$1}[$number] = $2 while $row =~ /\.(\w+) = ([^,}\s]+)/g;
	}
	my @fields = Source::read_file('kern/lab.h') =~
	    /^struct Lab \{\n(.*?)^\}/ms ? $1 =~ /(\w+);/g : ();
	for my $field (@fields) {
		my @values = map { $value{$field}[$_] // 'false' } 1 .. $lab;
		next if grep { $_ ne $values[0] } @values;
		$known{$field} = $values[0] =~ s/false/0/r =~ s/true/1/r;
	}
	for my $file (grep { /^kern\/.*\.[ch]$/ } keys %$text) {
		$text->{$file} = Shake::without($text->{$file} =~
		    s/\blab->(\w+)/exists $known{$1} ? "known_$1" : $&/ger,
		    { map { ("known_$_" => $known{$_}) } keys %known })
		    if $text->{$file} =~ /\blab->/;
	}
	for my $file (grep { $text->{$_} } qw(kern/lab.c kern/lab.h)) {
		$text->{$file} = Shake::without($text->{$file}, \%known);
	}
}

# Without what this lab does not know, and what nothing reaches
sub shaken
{
	my ($text, $lab, $wanted, @hidden) = @_;
	my $course = course();
	my %absent = (%{absent_names($text, $lab)}, map { $_ => 0 } @hidden);
	my ($kernel_lib) = $text->{'kern/Makefrag'} =~ /^KERN_LIB := (.*)$/m;

	for my $file (grep { /\.[ch]$/ } keys %$text) {
		$text->{$file} = Shake::without($text->{$file}, \%absent);
	}
	$text = Shake::reached($text, sub {
		my ($file, $name) = @_;
		return $wanted->(@_)
		    || grep { matches($file, $_) || $_ eq $name }
		    @{$course->{keep}};
	}, sub {
		# Programs and headers do not call the kernel
		my ($file, $other) = @_;
		return $other =~ /^(?:boot|inc)\/(?!lib\.h)/
		    if $file =~ /^boot\//;
		return $other !~ /^kern\//
		    || $file =~ /^(?:kern\/|inc\/(?!lib\.h))/
		    || grep { $file eq "lib/$_" } $kernel_lib =~ /[\w.]+/g;
	});
	for my $file (grep { /Makefrag$/ } keys %$text) {
		sources($text, $file);
	}
	return $text;
}

# What this lab does not know, each with the value that it has there
sub absent_names
{
	my ($text, $lab) = @_;
	my $course = course();
	my %absent;

	for my $since (2 .. 5, 'never') {
		next if $since ne 'never' && $since <= $lab;
		$absent{$_} = $course->{instead}{$_} // 0
		    for @{$course->{absent}{$since}};
	}
	# kern/debug/contract.c lists the checks of all labs
	while (($text->{'kern/debug/contract.c'} // '') =~
	    /^\t\{ "\w+", (\d), (\w+) \},$/mg) {
		$absent{$2} = 0 if $1 > $lab;
	}
	$absent{$_->{function}} = 0
	    for grep { $_->{lab} > $lab && is_whole($_) } @{$course->{places}};
	return \%absent;
}

# Lists of sources without those that are not there
sub sources
{
	my ($text, $file) = @_;
	my ($folder) = $file =~ m{(.*/)};

	$text->{$file} =~ s{^((?:KERN|BOOT)\w* [:+]?= )((?:\\\n|[^\n])*)}{
		my ($variable, $list) = ($1, $2);
		$list =~ s/(\s+(?:\\\n\s*)?|\A)([\w\/]+\.[cS])\b/
		    $text->{"$folder$2"} || $text->{"lib\/$2"} ? "$1$2" : ''/ge;
		"$variable$list";
	}gme;
}

sub places
{
	my ($lab) = @_;
	return grep { $_->{lab} >= $lab && $lab <= ($_->{upto_lab} // 5)
	    && since($_->{file}) <= $lab }
	    reverse @{course()->{places}};
}

# The first lab whose students get the file
sub since
{
	my ($file) = @_;
	my $course = course();

	return $NEVER if grep { matches($file, $_) } @{$course->{never}};
	for my $lab (1, 5, 4, 3, 2) {	# 1: exceptions from the others
		return $lab if grep { matches($file, $_) }
		    @{$course->{since}{$lab}};
	}
	return 1;
}

sub matches
{
	my ($file, $pattern) = @_;
	my $re = join '.*', map { quotemeta } split /\*/, $pattern, -1;
	return $pattern =~ m{/$} ? $file =~ /^$re/ : $file =~ /^$re$/;
}

sub blank_places
{
	my ($lab) = @_;
	my $text = simpler($lab);
	my @places = grep { $_->{lab} == $lab } places($lab);
	my $absent = absent_names($text, $lab);
	my %blank;

	for my $place (@places) {
		my $file = \$text->{$place->{file}};
		$$file = without($$file, $place, $lab);
	}
	for my $file (grep { /\.c$/ } uniq map { $_->{file} } @places) {
		$text->{$file} = Shake::without($text->{$file}, $absent);
	}
	for my $place (grep { $_->{function} } @places) {
		my $function = Source::function($text->{$place->{file}},
		    $place->{function}) // next;
		$blank{"$lab @$place{qw(file function)}"} =
		    [Source::blank_places($function)];
	}
	return %blank;
}

sub check
{
	my $course = course();
	my @files = tree_files();
	my @wrong;

	for my $pattern (map @$_, $course->{never},
	    values %{$course->{since}}) {
		push @wrong, "there is no $pattern\n"
		    if !grep { matches($_, $pattern) } @files;
	}
	push @wrong, same_comments();
	for my $lab (1 .. 5) {
		my $text = eval { simpler($lab) };
		my %titles;
		if (!$text) {
			push @wrong, $@;
			next;
		}
		for my $place (grep { $_->{lab} == $lab } places($lab)) {
			my $file = \$text->{$place->{file}};
			push @wrong, $@
			    if !eval { $$file = without($$file, $place, $lab) };
			my $title = eval { title($place) };
			push @wrong, $title ? "lab $lab, $place->{file}: two " .
			    "places are called $title\n" : $@
			    if !$title || $titles{"$place->{file} $title"}++;
		}
	}
	return @wrong;
}

# A comment in handout/ that its item in the whole tree has, too, is left out
# there: it cannot become another one.
sub same_comments
{
	my @wrong;
	for my $new (glob join ' ', map { "handout/*/$_" }
	    qw(*/*.[ch] */*/*.[ch])) {
		my $file = $new =~ s{^handout/\d/}{}r;
		next if !-f $file;
		my %whole = comments_of(Source::read_file($file));
		my %here = comments_of(Source::read_file($new));
		push @wrong, "$new: the comment of $_ stands in $file, too\n"
		    for grep { ($whole{$_} // '') eq $here{$_} } sort keys %here;
	}
	return @wrong;
}

# Of functions: the name => the comment before it
sub comments_of
{
	my @items = Shake::items($_[0]);
	return map { $items[$_]{kind} eq 'function'
	    && $items[$_ - 1]{kind} eq 'comment'
	    ? ($items[$_]{names}[0] => $items[$_ - 1]{text}) : () }
	    1 .. $#items;
}

sub without
{
	my ($text, $place, $lab) = @_;
	my ($before, $body, $after) = find_function($text, $place);
	my @gaps = gaps($body, $place);
	my @stubs = stubs($place, $lab, $gaps[0] eq $body
	    || $place->{from} && !$place->{upto});

	for my $i (0 .. $#gaps) {
		my $gap = $gaps[$i];
		my ($blank) = $gap =~ /^(\n*)/;
		my ($tabs) = $gap eq $body ? "\t" : $gap =~ /^\n*(\t+)/
		    ? $1 : $body =~ /^(\t*)[^\n]*\Q$gap\E/m;
		my $in = ($i == 0 ? remark($place, $lab) : '')
		    . ($stubs[$i] // '');

		# Whole lines are replaced by whole lines, a part by a part
		$in =~ s/\n*\z//;
		$in =~ s/\n(?=.)/\n$tabs/g;
		$in = "$blank$tabs$in" if $gap =~ /^\n*\t/;
		$in .= "\n" if $gap =~ /\n\z/;
		$in = '' if $in !~ /\S/;
		substr($body, index($body, $gap), length $gap) = $in;
		$body =~ s/^\t+\n//mg if $in eq '';
	}
	$text = $before . $body . $after;
	for my $name (@{$place->{answer} // []}) {
		my $function = Source::function($text, $name)
		    // wrong($place, "there is no function $name");
		$text =~ s/\Q$function\E\n?//;
	}
	return $text;
}

# In Markdown: the function, and which part of it, if it has several places
sub title
{
	my ($place) = @_;
	return join ': ', ($place->{function} ? "`$place->{function}`" : ()),
	    $place->{what} // ($place->{function} ? ()
		: wrong($place, 'has neither function nor what'));
}

sub answer
{
	my ($text, $place) = @_;
	my (undef, $body) = find_function($text, $place);
	return (gaps($body, $place),
	    map { Source::function($text, $_) // () }
	    @{$place->{answer} // []});
}

# The place's function, or the whole file, as Source::parts has it
sub find_function
{
	my ($text, $place) = @_;
	my $name = $place->{function} // return ('', $text, '');
	my @parts = Source::parts($text, $name);

	wrong($place, 'there is no such function') if !@parts;
	return @parts;
}

sub gaps
{
	my ($body, $place) = @_;
	my @gaps = ref $place->{gap} ? @{$place->{gap}} : $place->{gap} // ();

	if ($place->{from}) {
		my $at = index $body, $place->{from};
		my $end = length $body;

		wrong($place, "has no $place->{from}") if $at < 0;
		if (my $upto = $place->{upto}) {
			$end = index $body, $upto, $at;
			wrong($place, "has no $upto") if $end < 0;
			$end += length $upto;
		}
		push @gaps, substr $body, $at, $end - $at;
	}
	@gaps = ($body) if !@gaps;
	for my $gap (@gaps) {
		my $n = () = $body =~ /\Q$gap\E/g;
		wrong($place, "has $n of: $gap") if $n != 1;
	}
	return @gaps;
}

# Returns the text that replaces each gap.  A function whose end is missing
# panics, unless its row says otherwise.  Where a later lab adds to a function
# of this lab, the text is a comment alone.
sub stubs
{
	my ($place, $lab, $has_the_end) = @_;

	my @stubs = ref $place->{stub} ? @{$place->{stub}}
	    : $place->{stub} // ();

	return $place->{file} =~ /\.S$/ ? 'ud2' : qq{panic("LAB $place->{lab}: } .
	    qq{$place->{function} is not written yet");}
	    if !@stubs && $has_the_end;
	return map { /^panic/ ? '' : $_ } @stubs
	    if $place->{lab} > $lab && !$has_the_end;
	return @stubs;
}

sub remark
{
	my ($place, $lab) = @_;
	my $sign = $place->{file} =~ /\.S$/ ? '#' : '//';
	my $exercise = $place->{ex} =~ /\D/ ? 'Exercises' : 'Exercise';
	my $text = "LAB $place->{lab}: Your code here. ($exercise $place->{ex})\n" .
	    ($place->{hint} // '');

	return '' if $place->{lab} > $lab;
	$text =~ s/\n*\z/\n/;
	return $text =~ s/^/$sign /mgr;
}

sub wrong
{
	my ($place, $why) = @_;
	die "lab $place->{lab}, $place->{file}" .
	    ($place->{function} ? ", $place->{function}" : '') . ": $why\n";
}

1;
