#!/usr/bin/env perl
# boot/sign.pl - make a boot sector out of a flat binary.
#
#	boot/sign.pl CODE SECTOR
#
# A BIOS boots from a sector if its last two bytes are 0x55 0xAA; the code has
# the 510 bytes before them.

use strict;
use warnings;

my $ROOM = 510;

die "usage: sign.pl CODE SECTOR\n" if @ARGV != 2;
my ($from, $to) = @ARGV;

my $code = do {
	local $/;
	open my $in, '<:raw', $from or die "$from: $!\n";
	<$in> // '';
};
my $size = length $code;
if ($size > $ROOM) {
	print STDERR "boot block too large: $size bytes (max $ROOM)\n";
	exit 1;
}
print "boot block is $size bytes (max $ROOM)\n";

open my $out, '>:raw', $to or die "$to: $!\n";
print $out pack("a$ROOM v", $code, 0xAA55) or die "$to: $!\n";
close $out or die "$to: $!\n";
