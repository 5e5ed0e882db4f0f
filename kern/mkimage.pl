#!/usr/bin/env perl
# kern/mkimage.pl - put files one after the other on a disk image, each
# beginning at a sector of its own.
#
#	kern/mkimage.pl IMAGE SECTORS FILE...

use strict;
use warnings;

my $SECTSIZE = 512;

die "usage: mkimage.pl IMAGE SECTORS FILE...\n" if @ARGV < 3;
my ($image, $sectors, @files) = @ARGV;

my $disk = '';
for my $file (@files) {
	local $/;
	open my $in, '<:raw', $file or die "$file: $!\n";
	$disk .= <$in> // '';
	$disk .= "\0" x (-length($disk) % $SECTSIZE);
}
my $used = length($disk) / $SECTSIZE;
die "$image: the kernel needs $used sectors, the disk has $sectors\n"
	if $used > $sectors;

open my $out, '>:raw', $image or die "$image: $!\n";
print $out $disk or die "$image: $!\n";
truncate $out, $sectors * $SECTSIZE or die "$image: $!\n";
close $out or die "$image: $!\n";
