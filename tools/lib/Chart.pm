# tools/lib/Chart.pm - a chart of bars with a logarithmic scale, as SVG.
#
# Entry point:
#   Chart::draw(FILE, TITLE, ROWS)	each row is a hash: what, ours, target,
#					others (a list)
# The bar of a row shows `ours', a line across it `target', dots `others'.

package Chart;
use strict;
use warnings;
use List::Util qw(max);
use POSIX qw(ceil);

use constant {
	# In pixels
	LABELS => 270,		# width of the labels on the left
	WIDTH => 620,		# width of the scale
	MARGIN => 20,
	ROW => 20,		# height of a row
	HEAD => 74,		# height of title and legend
};

my ($decades, $text);

sub draw
{
	my ($file, $title, @rows) = @_;
	my $highest = max(map { $_->{ours} // 1, $_->{target},
	    @{$_->{others}} } @rows);
	$decades = ceil(log($highest) / log(10));
	my $bottom = HEAD + ROW * @rows;
	my $width = LABELS + WIDTH + 3 * MARGIN;
	my $height = $bottom + MARGIN;

	$text = <<"END";
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $width $height"
  width="$width" height="$height" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
END
	label(MARGIN, 28, 'start', $title, 'font-size="16"');
	legend(LABELS + MARGIN + WIDTH, 26);
	for my $power (0 .. $decades) {
		my $x = x(10 ** $power);
		line($x, HEAD - 4, $x, $bottom, '#ddd', 1);
		label($x, HEAD - 10, 'middle', ('1', '10', '100', '1,000',
		    '10,000', '100,000', '1 M', '10 M', '100 M', '1,000 M')
		    [$power]);
	}
	row($rows[$_], HEAD + ROW * $_) for 0 .. $#rows;
	$text .= "</svg>\n";
	open my $fh, '>', $file or die "$file: $!\n";
	print $fh $text;
	close $fh or die "$file: $!\n";
}

sub row
{
	my ($row, $y) = @_;
	my $middle = $y + ROW / 2;
	label(LABELS + MARGIN - 8, $middle + 4, 'end', $row->{what});
	bar(x(1), $y + 4, x($row->{ours}) - x(1)) if $row->{ours};
	dot(x($_), $middle) for @{$row->{others}};
	target(x($row->{target}), $y);
}

sub legend
{
	my ($right, $y) = @_;
	bar($right - 270, $y - 10, 28);
	label($right - 236, $y, 'start', 'ours');
	target($right - 190, $y - 14);
	label($right - 182, $y, 'start', 'target');
	dot($right - 120, $y - 4);
	label($right - 110, $y, 'start', 'other systems');
}

sub x
{
	my ($count) = @_;
	return MARGIN + LABELS +
	    int(WIDTH * log(max(1, $count)) / log(10) / $decades + 0.5);
}

sub bar
{
	my ($x, $y, $width) = @_;
	$text .= sprintf qq{<rect x="%d" y="%d" width="%d" height="%d" } .
	    qq{fill="#4a7ebb"/>\n}, $x, $y, $width, ROW - 8;
}

sub target
{
	my ($x, $y) = @_;
	line($x, $y + 1, $x, $y + ROW - 1, '#c00', 2.5);
}

sub dot
{
	my ($x, $y) = @_;
	$text .= qq{<circle cx="$x" cy="$y" r="3.5" fill="#f5a623" } .
	    qq{stroke="#fff" stroke-width="0.7"/>\n};
}

sub line
{
	my ($x1, $y1, $x2, $y2, $color, $width) = @_;
	$text .= qq{<line x1="$x1" y1="$y1" x2="$x2" y2="$y2" } .
	    qq{stroke="$color" stroke-width="$width"/>\n};
}

sub label
{
	my ($x, $y, $anchor, $words, $more) = @_;
	$words =~ s/&/&amp;/g;
	$text .= qq{<text x="$x" y="$y" text-anchor="$anchor"} .
	    ($more ? " $more" : '') . qq{>$words</text>\n};
}

1;
