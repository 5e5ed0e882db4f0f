# tools/lib/Submission.pm - what of a submission is taken.
#
# Entry points:
#   Submission::tree(LAB, FOLDER)	writes the tree in which submissions are
#		graded: what students get, LIST, and what Grade.pm wants to know
#   Submission::lay(FOLDER, TREE, FROM)	puts the files of FOLDER that
#		students write into TREE, a copy of such a tree FROM; returns
#		lines that say what was not taken
#   Submission::key(TREE)	puts a word that nobody knows beforehand at the
#		end of each line that TREE's own files print; returns that word
#
# The grader gets the word, and takes the lines of tools/lib/Grade.pm's KEYED
# from nobody who does not know it.
#
# LIST is conf/taken: the files that some lab's students write, except those
# with this lab's tests.  All others stay TREE's.

package Submission;
use strict;
use warnings;
use Fcntl qw(O_RDONLY O_NOFOLLOW O_NONBLOCK);
use File::Find qw(find);
use File::Path qw(remove_tree);
use Handout;
use List::Util qw(uniq);
use Source;

use constant {
	LIST => 'conf/taken',
	DEPTH => 4,		# of folders in which a tree is looked for
	FOLDERS => 500,		# that are looked into
	SIZE => 1 << 20,	# bytes of a file
	SHOWN => 10,		# names
};

sub tree
{
	my ($lab, $folder) = @_;
	my %tests = map { $_ => 1 } @{Handout::course()->{tests}{$lab} // []};

	my $solved = "$folder.solved";

	for my $dir ($folder, $solved) {
		system($^X, 'tools/handout', $dir eq $solved ? '-s' : (), $lab,
		    $dir) == 0 or die "handout $lab failed\n";
		Source::write_file("$dir/" . LIST, join '', map { "$_\n" }
		    grep { -f "$dir/$_" && !$tests{$_} }
		    uniq map { $_->{file} } @{Handout::course()->{places}});
	}
	local @ENV{qw(GRADE_KEY GRADE_LEARNS)} = (key($solved), 1);
	my $said = `cd '$solved' && ./grade-lab$lab 2>&1`;
	die "the solution of lab $lab fails:\n$said" if $? != 0;
	rename "$solved/conf/keyed.tsv", "$folder/conf/keyed.tsv" or die "$!\n";
	remove_tree($solved);
}

sub lay
{
	my ($from, $tree, $original) = @_;
	my @files = written($tree);
	my $top = top($from, @files);
	return 'there is none of the files of this lab' if !defined $top;
	my @notes;

	for my $file (@files) {
		my ($text, $why) = text_of($top, $file);
		if (!defined $text) {
			push @notes, "$file: $why; it stays as handed out";
			next;
		}
		Source::write_file("$tree/$file", $text)
		    if $text ne Source::read_file("$tree/$file");
	}
	my @other = other_changes($top, $original, @files);
	push @notes, 'not taken, as students do not write it: '
	    . join ', ', @other > SHOWN ? (@other[0 .. SHOWN - 1], '...') : @other
	    if @other;
	return @notes;
}

# The files that students write
sub written
{
	my ($tree) = @_;
	return split /\n/, Source::read_file("$tree/" . LIST);
}

# The folder in $from that has most of these files, the outermost of those
sub top
{
	my ($from, @files) = @_;
	my @queue = [$from, 0];
	my ($seen, $most, $best) = (0, 0);

	while (@queue && $seen++ < FOLDERS) {
		my ($folder, $depth) = @{shift @queue};
		my $n = grep { -f "$folder/$_" } @files;
		($best, $most) = ($folder, $n) if $n > $most;
		next if $depth == DEPTH || !opendir(my $dir, $folder);
		push @queue, map { ["$folder/$_", $depth + 1] }
		    grep { !/^\./ && !-l "$folder/$_" && -d _ }
		    sort readdir $dir;
	}
	return $best;
}

# The text of a plain file, or undef and what is in the way
sub text_of
{
	my ($top, $file) = @_;
	my $path = $top;

	for my $part (split m{/}, $file) {
		$path .= "/$part";
		lstat $path or return (undef, 'there is none');
		return (undef, 'it is a link') if -l _;
	}
	return (undef, 'it is no file') if !-f _;
	return (undef, 'it is too large') if -s _ > SIZE;
	sysopen my $fh, $path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK
	    or return (undef, $!);
	local $/;
	return scalar(<$fh>) // '';
}

# What else the submission has changed: names of files
sub other_changes
{
	my ($top, $tree, @files) = @_;
	my %known = map { $_ => 1 } @files;
	my @other;

	find({ no_chdir => 1, wanted => sub {
		my $file = s{^\Q$tree\E/}{}r;
		return if !-f || $known{$file} || 
		    $file =~ m{^(?:obj|\.git)/|\.md$};
		my ($text) = text_of($top, $file);
		push @other, $file if defined $text
		    && $text ne Source::read_file("$tree/$file");
	} }, $tree);
	return sort @other;
}

sub key
{
	my ($tree) = @_;
	my $key = join '', map { ('a' .. 'z')[rand 26] } 1 .. 10;
	my %theirs = map { ("$tree/$_" => 1) } written($tree);
	my $string = qr/"(?:[^"\\\n]|\\.)*"\s*/;

	for my $file (grep { !$theirs{$_} } glob("$tree/*/*.c"),
	    glob("$tree/kern/*/*.c")) {
		my $text = Source::read_file($file);
		Source::write_file($file, $text) if $text =~
		    s/(\bcprintf\(\s*$string*?"(?:[^"\\\n]|\\.)*)\\n"/$1 $key\\n"/g;
	}
	return $key;
}

1;
