# ext/Patched.pm - for the tests of patches: a copy of the tree with one of them.
#
# Entry points:
#   Patched::tree(NAME)		a copy with ext/NAME/plain.patch; returns its
#				folder, and leaves no variable for make
#   Patched::labs(FOLDER, [CPUS, LAB], ...)	a verdict on the grade of each
#   Patched::said(FOLDER, TESTS, ARGS)	what `test's of tools/lib/Grade.pm say, which
#				find ARGS in @ARGV, and @bad
#   Patched::programs(TITLE, FOLDER, TESTS, ARGS)	a verdict on these

package Patched;
use strict;
use warnings;
use Ext ();
use Tree;

my %points = (1 => 50, 2 => 70, 3 => 80, 4 => 80, 5 => 150);

sub tree
{
	my ($name) = @_;
	my $folder = ($ENV{OBJDIR} // 'obj/ext') . "/$name";

	delete @ENV{qw(EXT OBJDIR LAB)};
	Tree::copy($folder);
	Tree::run($folder, qw(patch -p1 --fuzz=0 -i), "ext/$name/plain.patch");
	return $folder;
}

sub labs
{
	my ($folder, @labs) = @_;

	for (@labs) {
		my ($cpus, $lab) = @$_;
		my $said = grade($folder, $cpus, $lab);
		Ext::verdict("lab $lab, CPUS=$cpus",
		    $said =~ m{^Score: $points{$lab}/$points{$lab}$}m
		    && $said !~ /: WRONG /, $said);
	}
}

# Run a grader.  Tests that ask for fewer CPUs get so many; but the one of `spin'
# wants its child to be freed by the CPU of its parent, and extras are for their
# own number of CPUs.
sub grade
{
	my ($folder, $cpus, $lab) = @_;
	local $ENV{LAB} = $lab;
	my ($said) = Tree::command($folder, 'perl', '-Itools/lib', '-e', <<'END',
		require Grade;
		my ($cpus, $lab) = splice @ARGV, 0, 2;
		my $test = \&Grade::test;
		push @ARGV, '--extra', 'no' if $cpus > 1;
		*Grade::test = sub {
			my ($title, $points, $want, %opt) = @_;
			$opt{cpus} = $cpus if $cpus > ($opt{cpus} // 1)
			    && $title ne 'spin';
			return $test->($title, $points, $want, %opt);
		};
		do "./grade-lab$lab" or die $@;
END
	    $cpus, $lab);
	return $said;
}

sub said
{
	my ($folder, $tests, @args) = @_;
	my ($said) = Tree::command($folder, 'perl', '-Itools/lib', '-e',
	    q(use Grade lab => 5; my @bad = ('kernel panic', '.*user panic',
	    '.*kernel warning');) . $tests . q(; @ARGV = '-j2'; Grade::tally;),
	    @args);
	return $said;
}

sub programs
{
	my ($title, $folder, $tests, @args) = @_;
	my $said = said($folder, $tests, @args);
	Ext::verdict($title, $said =~ /^\d+ passed, 0 failed$/m, $said);
}

1;
