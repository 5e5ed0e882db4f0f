# ext/Ext.pm - for the tests of extensions: `use Ext 'buddy'` switches one on.
#
# Comes before `use Grade`.  All these tests share a build in obj/ext, which has
# every extension: only one `make' at a time may bring it up to date, and
# ext/check does so before it starts them.
#
# A program that counts prints rows of a table of ext/NAME/README.md:
#	| null call | 131 | 152 |
# and `by => Ext::figures('NAME')` holds README.md against them.
#
# A test that is more than runs of programs calls Ext::verdict for each thing that
# it finds, and ends with Ext::tally.

package Ext;
use strict;
use warnings;
use Source;

$| = 1;

# Of other versions of GCC; and of other compilers
use constant TOLERANCE => ($ENV{CC} // 'gcc') =~ /gcc/ ? 0.1 : 0.5;

sub import
{
	my ($class, @names) = @_;
	$ENV{EXT} = join(',', @names) || 'none';
	@ENV{qw(OBJDIR LAB)} = ('obj/ext', 5);
	delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES)};
}

# For a test's `by': is what README.md says what was counted?  Of a row, the first
# cell must be in README.md, and all its numbers, in order, nearly those counted.
# `as' names the rows anew before they are looked up.
sub figures
{
	my ($name, %opt) = @_;
	my $readme = "ext/$name/README.md";
	my $as = $opt{as} // sub { $_[0] };

	return sub {
		my ($output) = @_;
		my %written = rows(Source::read_file($readme));
		my %counted = rows($output);

		return 'no row was counted' if !%counted;
		return map {
			my $what = $as->($_);
			my @got = @{$counted{$_}};
			my @said = @{$written{$what} // []};
			alike(\@got, \@said) ? ()
			    : "$what: counted @got, in $readme @said";
		} sort keys %counted;
	};
}

my ($passed, $failed) = (0, 0);

# Was what the title says right?  If not, why not: lines to be shown
sub verdict
{
	my ($title, $right, @why) = @_;

	print "$title: ", $right ? "OK\n" : "FAIL\n";
	print map { s/^/    /gmr } map { /\n\z/ ? $_ : "$_\n" }
	    grep { defined } @why if !$right;
	$right ? $passed++ : $failed++;
}

sub tally
{
	print "$passed passed, $failed failed\n";
	exit($failed ? 1 : 0);
}

# Rows of tables that have numbers: the first cell, and the numbers
sub rows
{
	my ($text) = @_;
	my %rows;

	while ($text =~ /^\| (.*?) *\| *(.*\d.*)\|\r?$/mg) {
		my ($what, $cells) = ($1, $2);
		$rows{$what} = [map { s/,//gr }
		    $cells =~ /(?<![\w.])\d[\d,]*(?![\w.])/g];
	}
	return %rows;
}

sub alike
{
	my ($got, $said) = @_;
	return @$got == @$said && !grep {
		abs($got->[$_] - $said->[$_]) > TOLERANCE * $said->[$_]
	} 0 .. $#$got;
}

1;
