# tests/Tree.pm - what the scripts tests/test-* share: a copy of this tree to
# spoil, and steps that must go well.
#
# Entry points:
#   Tree::copy(FOLDER)		our sources, nothing built; returns FOLDER
#   Tree::run(FOLDER, COMMAND)	its output, or the end of the test
#   Tree::make(FOLDER, ARGS)	the same of make, with a line for each step
#   Tree::fails(FOLDER, COMMAND)	output of a command that must fail
#   Tree::say(TEXT), Tree::wrong(TEXT), Tree::finish

package Tree;
use strict;
use warnings;
use Cwd qw(getcwd);
use File::Path ();

my $wrong = 0;

# Copies of one tree have the same sources: ccache, where it is installed,
# compiles each only once.
my ($ccache) = grep { -x "$_/gcc" }
    qw(/usr/lib/ccache /usr/lib64/ccache /usr/lib/ccache/bin);
my $cache = getcwd() . '/obj/test/ccache';

# Variables given to the make that started the test are not for the copy.
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES)};
$| = 1;

sub copy
{
	my ($folder) = @_;
	File::Path::remove_tree($folder);
	File::Path::make_path($folder);
	system("tar cf - --exclude=./obj --exclude=./.git " .
	    "--exclude='./jos.out*' . | tar xf - -C '$folder'") == 0
	    or die "cannot copy the tree to $folder\n";
	return $folder;
}

sub command
{
	my ($folder, @command) = @_;
	print "\$ @command\n";
	my $pid = open my $fh, '-|' // die "fork: $!\n";
	if (!$pid) {
		open STDERR, '>&', \*STDOUT;
		chdir $folder or die "$folder: $!\n";
		exec { $command[0] } @command or die "$command[0]: $!\n";
	}
	local $/;
	my $output = <$fh> // '';
	close $fh;
	return ($output, $?);
}

sub run
{
	my ($output, $status) = command(@_);
	return $output if $status == 0;
	print $output;
	wrong("failed: @_[1 .. $#_]");
	finish();
}

sub fails
{
	my ($output, $status) = command(@_);
	wrong("did not fail: @_[1 .. $#_]") if $status == 0;
	return $output;
}

sub make
{
	my ($folder, @args) = @_;
	local @ENV{qw(PATH CCACHE_DIR CCACHE_NOHASHDIR)} =
	    ("$ccache:$ENV{PATH}", $cache, 1) if $ccache;
	return run($folder, 'make', @args);
}

sub say
{
	print "@_\n";
}

sub wrong
{
	print "WRONG: @_\n";
	$wrong++;
}

sub finish
{
	exit($wrong ? 1 : 0);
}

1;
