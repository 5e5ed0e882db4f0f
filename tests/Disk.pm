# tests/Disk.pm - reads the image of a JOS disk (inc/fs.h), and checks it.
#
#   my $disk = Disk->new('obj/fs/fs.img');
#   print "$_\n" for $disk->check;
#   print $disk->contents('/motd');
#
# check returns sentences about what is wrong: numbers that no disk has, blocks
# that two files use, blocks that are in use and said to be free, and the
# other way round.

package Disk;
use strict;
use warnings;

use constant {
	BLKSIZE => 4096, NDIRECT => 10, NINDIRECT => 1024, ENTRY => 256,
	MAGIC => 0x4A0530AE, REG => 0, DIR => 1,
};

sub new
{
	my ($class, $file) = @_;
	open my $fh, '<:raw', $file or die "$file: $!\n";
	local $/;
	my $self = bless { image => scalar <$fh> }, $class;
	my $super = $self->block(1);
	@$self{qw(magic nblocks)} = unpack 'VV', $super;
	$self->{root} = entry(substr $super, 8, ENTRY);
	return $self;
}

sub block
{
	my ($self, $n) = @_;
	return substr $self->{image}, $n * BLKSIZE, BLKSIZE;
}

# A struct File.
sub entry
{
	my ($bytes) = @_;
	my %file;
	@file{qw(name size type)} = unpack 'Z128 l< V', $bytes;
	@file{qw(direct indirect)} =
	    ([unpack 'x136 V10', $bytes], unpack 'x176 V', $bytes);
	return \%file;
}

# All block numbers a file holds, in order; 0 where there is none.
sub pointers
{
	my ($self, $file) = @_;
	my $indirect = $file->{indirect};
	return (@{$file->{direct}}, $indirect && $indirect < $self->{nblocks} ?
	    unpack 'V*', $self->block($indirect) : ());
}

sub bytes
{
	my ($self, $file) = @_;
	my $count = int(($file->{size} + BLKSIZE - 1) / BLKSIZE);
	my @blocks = ($self->pointers($file))[0 .. $count - 1];
	my $all = join '', map { $_ ? $self->block($_) : "\0" x BLKSIZE }
	    map { $_ // 0 } @blocks;
	return substr $all, 0, $file->{size};
}

sub files
{
	my ($self, $dir) = @_;
	return grep { $_->{name} ne '' } map { entry($_) }
	    unpack '(a256)*', $self->bytes($dir);
}

sub contents
{
	my ($self, $path) = @_;
	my $file = $self->{root};
	for my $name (grep { $_ ne '' } split m{/}, $path) {
		($file) = grep { $_->{name} eq $name } $self->files($file)
		    or return undef;
	}
	return $self->bytes($file);
}

sub check
{
	my ($self) = @_;
	my $nblocks = $self->{nblocks};
	return 'the superblock has another magic number'
	    if $self->{magic} != MAGIC;
	return 'the disk is said to be larger than its image'
	    if $nblocks * BLKSIZE > length $self->{image};
	return 'the root is not a directory' if $self->{root}{type} != DIR;

	my @wrong;
	my $mapblocks = int(($nblocks + 8 * BLKSIZE - 1) / (8 * BLKSIZE));
	my %user = map { $_ => 'the system' } 0 .. 1 + $mapblocks;
	$self->walk('', $self->{root}, \%user, \@wrong);

	my $map = join '', map { $self->block(2 + $_) } 0 .. $mapblocks - 1;
	for my $n (0 .. $nblocks - 1) {
		my $free = vec $map, $n, 1;	# bit n % 8 of byte n / 8
		push @wrong, "block $n of $user{$n} is said to be free"
		    if $free && $user{$n};
		push @wrong, "block $n is nobody's and said to be in use"
		    if !$free && !$user{$n};
	}
	return @wrong;
}

# Note in %$user who uses which block, below $path too.
sub walk
{
	my ($self, $path, $file, $user, $wrong) = @_;
	my $name = $path || '/';
	push @$wrong, "$name has size $file->{size}"
	    if $file->{size} < 0 || $file->{size} > (NDIRECT + NINDIRECT) * BLKSIZE;
	push @$wrong, "$name has type $file->{type}"
	    if $file->{type} != REG && $file->{type} != DIR;
	for my $n (grep { $_ } $self->pointers($file), $file->{indirect}) {
		if ($n >= $self->{nblocks}) {
			push @$wrong, "$name has block $n, which does not exist";
			return;
		}
		push @$wrong, "$name and $user->{$n} both have block $n"
		    if $user->{$n};
		$user->{$n} = $name;
	}
	return if $file->{type} != DIR;
	push @$wrong, "$name is a directory of $file->{size} bytes"
	    if $file->{size} % BLKSIZE;
	my %seen;
	for my $entry ($self->files($file)) {
		push @$wrong, "$path/$entry->{name} is there twice"
		    if $seen{$entry->{name}}++;
		$self->walk("$path/$entry->{name}", $entry, $user, $wrong);
	}
}

1;
