# tests/Break.pm - what test-guards and test-mutants share: one file of a copy
# of this tree is changed, the copy is built, and somebody must notice.
#
# Entry points:
#   Break::wanted(TITLE, WORDS)	has it one of the words, if there are any?
#   Break::quietly(FOLDER, COMMAND)	the status of a command that runs there;
#				its output is in FOLDER/break.out
#   Break::broken(FOLDER, FILE, TEXT, SUB)	what SUB returns while FILE there
#				has this text, or why it could not be built
#   Break::each_in_a_copy(NAME, JOBS, SUB, ITEMS)	calls SUB(FOLDER, ITEM) for
#				each; returns for how many it was true

package Break;
use strict;
use warnings;
use Source;
use Tree;

$ENV{LISTING} = 'no';		# nobody reads those

sub wanted
{
	my ($title, @words) = @_;
	return !@words || grep { index($title, $_) >= 0 } @words;
}

sub quietly
{
	my ($folder, @command) = @_;
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		chdir $folder or die "$folder: $!\n";
		open STDOUT, '>', 'break.out' or die "break.out: $!\n";
		open STDERR, '>&', \*STDOUT;
		exec { $command[0] } @command or die "$command[0]: $!\n";
	}
	waitpid $pid, 0;
	return $?;
}

sub broken
{
	my ($folder, $file, $text, $sub) = @_;
	my $whole = Source::read_file("$folder/$file");

	Source::write_file("$folder/$file", $text);
	my $why = quietly($folder, 'make') != 0 ? 'does not build so' : $sub->();
	Source::write_file("$folder/$file", $whole);	# make knows by its time
	return $why;
}

# Each job has a copy of its own and every JOBS-th item, and tells us by its
# status how many failed.
sub each_in_a_copy
{
	my ($name, $jobs, $sub, @items) = @_;
	my @pids;

	for my $job (0 .. $jobs - 1) {
		my @mine = @items[grep { $_ % $jobs == $job } 0 .. $#items];
		my $pid = fork // die "fork: $!\n";
		exit work("obj/test/$name-$job", $sub, @mine) if !$pid;
		push @pids, $pid;
	}
	my $failed = 0;
	for my $pid (@pids) {
		waitpid $pid, 0;
		$failed += $? == 0 ? 0 : ($? >> 8 || 1);
	}
	return $failed;
}

sub work
{
	my ($folder, $sub, @mine) = @_;
	return 0 if !@mine;
	Tree::copy($folder);
	return scalar grep { $sub->($folder, $_) } @mine;
}

1;
