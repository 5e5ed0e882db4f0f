# tools/lib/Handout.pm - which files the students of a lab get, and which places
# in these files they write, as conf/handout.pm says.
#
# Entry points:
#   Handout::course()		the data of conf/handout.pm
#   Handout::files(LAB)		the files that students of this lab get
#   Handout::places(LAB)	the places in these files that this lab or a
#				later one asks for; those of later labs come
#				first, as they may be part of earlier ones
#   Handout::without(TEXT, PLACE, LAB)	a file's text with a comment and a stub
#				in that place
#   Handout::answer(TEXT, PLACE)	the code in that place that students are
#				to write, as a list of texts
#   Handout::check()		the mistakes in conf/handout.pm, as a list

package Handout;
use strict;
use warnings;
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
	return @files;
}

sub files
{
	my ($lab) = @_;
	return grep { since($_) <= $lab } tree_files();
}

sub places
{
	my ($lab) = @_;
	return grep { $_->{lab} >= $lab && since($_->{file}) <= $lab }
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

sub check
{
	my $course = course();
	my @files = tree_files();
	my (@wrong, %text);

	for my $pattern (map @$_, $course->{never},
	    values %{$course->{since}}) {
		push @wrong, "there is no $pattern\n"
		    if !grep { matches($_, $pattern) } @files;
	}
	for my $place (reverse @{$course->{places}}) {
		my $text = \($text{$place->{file}}
		    //= Source::read_file($place->{file}));
		push @wrong, $@
		    if !eval { $$text = without($$text, $place, 1) };
	}
	return @wrong;
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
	return $place->{early} if $place->{early} && $place->{lab} > $lab;

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
