# tests/Damage.pm - images of JOS disks, damaged on purpose (inc/fs.h).
#
#   my $image = Damage->load('obj/fs/clean-fs.img')->furnish;
#   for (Damage::kinds()) {
#	my ($name, $expected, $damage) = @$_;
#	$damage->(my $copy = $image->copy);
#	$copy->save('damaged.img');
#   }
#   $copy->flip(12);		# so many random bits of what is not contents
#   $copy->scramble;		# one such block all random, or another's copy
#
# kinds: one kind of damage each, and the words that fsck must have for it.

package Damage;
use strict;
use warnings;

use constant { BLKSIZE => 4096, ENTRY => 256, NDIRECT => 10 };
# Offsets in a struct File, and of the root's in the image
use constant { SIZE => 128, TYPE => 132, DIRECT => 136, INDIRECT => 176,
	ROOT => 4096 + 8 };

sub load
{
	my ($class, $file) = @_;
	open my $fh, '<:raw', $file or die "$file: $!\n";
	local $/;
	return bless { bytes => scalar <$fh> }, $class;
}

sub copy
{
	my ($self) = @_;
	return bless { %$self }, ref $self;
}

sub save
{
	my ($self, $file) = @_;
	open my $fh, '>:raw', $file or die "$file: $!\n";
	print $fh $self->{bytes};
	close $fh or die "$file: $!\n";
}

# Where the entries of files are, and which blocks are not contents.
sub learn
{
	my ($self) = @_;
	$self->{at} = { '/' => ROOT };
	$self->{meta} = [1, 2];
	$self->learn_directory('/');
	return $self;
}

sub learn_directory
{
	my ($self, $dir) = @_;
	my $at = $self->{at};
	for my $block (grep { $_ } $self->numbers($dir)) {
		push @{$self->{meta}}, $block;
		for my $i (0 .. BLKSIZE / ENTRY - 1) {
			my $offset = $block * BLKSIZE + $i * ENTRY;
			my $name = unpack "x$offset Z128", $self->{bytes};
			next if $name eq '';
			my $path = $dir =~ s{/?$}{/$name}r;
			$at->{$path} = $offset;
			$self->learn_directory($path)
			    if $self->get($offset + TYPE);
			my $indirect = $self->get($offset + INDIRECT);
			push @{$self->{meta}}, $indirect if $indirect;
		}
	}
}

sub get
{
	my ($self, $offset) = @_;
	return unpack 'V', substr $self->{bytes}, $offset, 4;
}

sub set
{
	my ($self, $offset, $value) = @_;
	substr($self->{bytes}, $offset, 4) = pack 'V', $value;
}

sub numbers
{
	my ($self, $path) = @_;
	return map { $self->get($self->{at}{$path} + DIRECT + 4 * $_) }
	    0 .. NDIRECT - 1;
}

sub field
{
	my ($self, $path, $field, $value) = @_;
	my $offset = $self->{at}{$path} + $field;
	$self->set($offset, $value) if defined $value;
	return $self->get($offset);
}

sub name
{
	my ($self, $path, $name) = @_;
	substr($self->{bytes}, $self->{at}{$path}, length $name) = $name;
}

sub mark
{
	my ($self, $block, $free) = @_;
	vec($self->{bytes}, 2 * BLKSIZE * 8 + $block, 1) = $free;
}

# Take the last free block, or the first one.
sub take
{
	my ($self, $first) = @_;
	my $map = 2 * BLKSIZE * 8;
	my ($n, $step) = $first ? (3, 1) : ($self->get(4100) - 1, -1);
	$n += $step while !vec $self->{bytes}, $map + $n, 1;
	$self->mark($n, 0);
	substr($self->{bytes}, $n * BLKSIZE, BLKSIZE) = "\0" x BLKSIZE;
	return $n;
}

# Where the directory has room for an entry; it grows if it has none.
sub unused_entry
{
	my ($self, $dir) = @_;
	my @blocks = grep { $_ } $self->numbers($dir);
	for my $i (0 .. BLKSIZE / ENTRY - 1) {
		my $offset = $blocks[-1] * BLKSIZE + $i * ENTRY;
		return $offset if !$self->get($offset);
	}
	my $new = $self->take(1);
	$self->field($dir, DIRECT + 4 * @blocks, $new);
	$self->field($dir, SIZE, (@blocks + 1) * BLKSIZE);
	return $new * BLKSIZE;
}

# Add a file with so many blocks of text, or a directory if $size is undef.
sub add
{
	my ($self, $dir, $name, $size) = @_;
	my $offset = $self->unused_entry($dir);
	substr($self->{bytes}, $offset, ENTRY) = pack 'a128 V V x120',
	    $name, ($size // 1) * BLKSIZE, defined $size ? 0 : 1;
	my $slot = $offset + DIRECT;
	for my $i (0 .. ($size // 1) - 1) {
		$self->set($offset + INDIRECT, $slot = $self->take),
		    $slot *= BLKSIZE if $i == NDIRECT;
		my $n = $self->take;
		$self->set($slot, $n);
		$slot += 4;
		substr($self->{bytes}, $n * BLKSIZE, BLKSIZE) =
		    substr "block $i of $name\n" x 500, 0, BLKSIZE
		    if defined $size;
	}
	@{$self}{qw(at meta)} = ();
	$self->learn;
}

# A disk that has directories in the root, which JOS itself does not make.
sub furnish
{
	my ($self) = @_;
	$self->learn;
	$self->add('/', 'd');
	# Alone in its block, it would not be found when nothing names that
	$self->add('/', "text$_", 1) for 1 .. 6;
	$self->add('/d', 'small', 1);
	$self->add('/d', 'big', 14);
	$self->add('/d', 'other', 12);
	$self->add('/d', 'e');
	$self->add('/d/e', 'deep', 3);
	return $self;
}

sub flip
{
	my ($self, $count) = @_;
	for (1 .. $count) {
		my $block = $self->{meta}[rand @{$self->{meta}}];
		# Most of super block and bitmap says nothing
		my $bytes = $block == 1 ? 264 : $block == 2 ? 128 : BLKSIZE;
		my $bit = 8 * $block * BLKSIZE + int rand 8 * $bytes;
		vec($self->{bytes}, $bit, 1) ^= 1;
	}
}

sub scramble
{
	my ($self) = @_;
	my $block = $self->{meta}[rand @{$self->{meta}}];
	my $from = int rand length($self->{bytes}) / BLKSIZE;
	substr($self->{bytes}, $block * BLKSIZE, BLKSIZE) = rand() < 0.5 ?
	    substr $self->{bytes}, $from * BLKSIZE, BLKSIZE :
	    pack 'L*', map { rand 2 ** 32 } 1 .. BLKSIZE / 4;
}

# [name, what fsck says, damage].  /d/big has 14 blocks, /motd has one.
sub kinds
{
	my $slot = sub { DIRECT + 4 * $_[0] };
	my $big = sub { $_[0]->field('/d/big', INDIRECT) * BLKSIZE };
	return (
	['magic number', 'magic number', sub { $_[0]->set(4096, 0) }],
	['no blocks', 'have 0 blocks', sub { $_[0]->set(4100, 0) }],
	['many blocks', 'blocks, and has',
	    sub { $_[0]->set(4100, 0x7fffffff) }],
	['few blocks', 'blocks, and has', sub { $_[0]->set(4100, 600) }],
	['short image', 'blocks, and has',
	    sub { substr($_[0]{bytes}, 900 * BLKSIZE) = '' },
	    '/(d/.*|text\d)'],
	['root: name', 'another name', sub { $_[0]->name('/', "x\0") }],
	['root: type', '/: is not a dir', sub { $_[0]->field('/', TYPE, 0) }],
	['root: negative size', '/: no file has a size',
	    sub { $_[0]->field('/', SIZE, -4096) }],
	['root: size 0', '/: has \d+ blocks', sub { $_[0]->field('/', SIZE, 0) }],
	['root: block lost', '/: block 5000 .*\n/: lacks block',
	    sub { $_[0]->field('/', $slot->(0), 5000) }],
	['root: block another\'s', 'block \d+ is also in .*\n',
	    sub { $_[0]->field('/', $slot->(1),
		$_[0]->field('/d/small', $slot->(0))) }],
	['super block all zero', 'magic number (.*\n)+/: lacks block',
	    sub { substr($_[0]{bytes}, 4096, 4096) = "\0" x 4096 }],
	['bitmap: used is free', 'in use, but free in the bitmap',
	    sub { $_[0]->mark($_[0]->field('/d/big', $slot->(3)), 1) }],
	['bitmap: free is used', 'free, but in use in the bitmap',
	    sub { $_[0]->take }],
	['bitmap: itself free', 'block 2 is in use, but free',
	    sub { $_[0]->mark(2, 1) }],
	['bitmap all 0', 'free, but in use in the bitmap',
	    sub { substr($_[0]{bytes}, 8192, 4096) = "\0" x 4096 }],
	['bitmap all 1', 'in use, but free in the bitmap',
	    sub { substr($_[0]{bytes}, 8192, 4096) = "\xff" x 4096 }],
	['block out of range', '/motd: block 4096 is not one for files',
	    sub { $_[0]->field('/motd', $slot->(0), 4096) }, '/motd'],
	['block of the system', '/motd: block 2 is not one for files',
	    sub { $_[0]->field('/motd', $slot->(0), 2) }, '/motd'],
	['indirect out of range', '/d/big: block 77777777 is not one for files',
	    sub { $_[0]->field('/d/big', INDIRECT, 77777777) }, '/d/big'],
	['number in indirect block', '/d/big: block 99999 is not one',
	    sub { $_[0]->set($big->($_[0]) + 4, 99999) }, '/d/big'],
	['nonsense in indirect block', 'holds no block numbers',
	    sub { substr($_[0]{bytes}, $big->($_[0]), 4096) =
		'some text ' x 409 . '123456' }, '/d/big'],
	['shared by two', 'also in /',
	    sub { $_[0]->field('/motd', $slot->(0),
		$_[0]->field('/lorem', $slot->(0))) }, '/motd'],
	['twice in one', '/d/big: has block \d+ twice',
	    sub { $_[0]->field('/d/big', $slot->(2),
		$_[0]->field('/d/big', $slot->(1))) }, '/d/big'],
	['indirect block another\'s', 'also in /d/big',
	    sub { $_[0]->field('/d/other', INDIRECT,
		$_[0]->field('/d/big', $slot->(0))) }, '/d/other'],
	['more blocks than size', '/d/big: has 14 blocks and a size of 99',
	    sub { $_[0]->field('/d/big', SIZE, 99) }],
	['block beyond size', '/motd: block 9999 is beyond its size',
	    sub { $_[0]->field('/motd', $slot->(5), 9999) }],
	['another\'s beyond size', '/motd: block \d+ is beyond its size',
	    sub { $_[0]->field('/motd', $slot->(5),
		$_[0]->field('/d/big', $slot->(4))) }],
	['size too large', 'big: no file has a size of 16777216',
	    sub { $_[0]->field('/d/big', SIZE, 1 << 24) }],
	['negative size', 'big: no file has a size of -1',
	    sub { $_[0]->field('/d/big', SIZE, -1) }],
	['size of a directory', '/d: no directory has a size of 4097',
	    sub { $_[0]->field('/d', SIZE, 4097) }],
	['indirect block of small file', '/motd: is too small for its indir',
	    sub { $_[0]->field('/motd', INDIRECT, $_[0]->take) }],
	['own block as indirect block', '/motd: is too small for its indir',
	    sub { $_[0]->field('/motd', INDIRECT,
		$_[0]->field('/motd', $slot->(0))) }],
	['name does not end', 'the name does not end',
	    sub { $_[0]->name('/motd', 'x' x 128) }, '/motd'],
	['no name', '/d: a file has no name', sub {
	    $_[0]->name('/d/big', "\0") }, '/d/big'],
	['two of a name', '/lorem: there are two of that name',
	    sub { $_[0]->name('/motd', "lorem\0") }, '/(motd|lorem)'],
	['slash in a name', '/d/a/b: there is a \'/\' in the name',
	    sub { $_[0]->name('/d/small', "a/b\0") }, '/d/small'],
	['no such type', '/motd: no file has a type of 7',
	    sub { $_[0]->field('/motd', TYPE, 7) }],
	['no such type, directory', '/d: no file has a type of 3',
	    sub { $_[0]->field('/d', TYPE, 3) }],
	['file as directory', '/lorem: is a file, not a directory',
	    sub { $_[0]->field('/lorem', TYPE, 1) }],
	['loop of directories', '/d/e: block \d+ is also in /',
	    sub { $_[0]->field('/d/e', $slot->(0),
		$_[0]->field('/d', $slot->(0))) }, '/d/e/deep'],
	['directory in itself', '/d: block \d+ is also in /',
	    sub { $_[0]->field('/d', $slot->(0),
		$_[0]->field('/', $slot->(0))) }, '/d/.*'],
	['entry of nonsense', 'entry \d+ of block \d+ holds nonsense',
	    sub { substr($_[0]{bytes}, $_[0]{at}{'/motd'}, 256) =
		'nonsense' x 32 }, '/motd'],
	['unused entry that is not empty', 'holds nonsense',
	    sub { my ($last) = grep { $_ } reverse $_[0]->numbers('/d');
		$_[0]->set(($last + 1) * 4096 - 256 + 140, 77) }],
	);
}

1;
