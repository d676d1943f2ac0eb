# Reads the texts of Perl's own modules, and a generated one, and counts, sorts, rewrites and formats what is in them.
use strict;
use warnings;

my ($output) = @ARGV;
my $seed = 12345;

sub draw { my ($limit) = @_; $seed = ($seed * 1103515245 + 12345) % 2147483648; return int($seed / 65536) % $limit; }

my @texts = map { slurp($_) } grep { -f } map { my $folder = $_; sort glob("$folder/*.pm") } grep { -d } @INC;
push @texts, join "\n", map { join " ", map { join "", map { chr(97 + draw(26)) } 0 .. draw(9) } 0 .. 11 } 1 .. 1500;

sub slurp { open my $file, "<", $_[0] or return ""; local $/; my $text = <$file>; return $text // ""; }

my (%count, %lines_of, @headings);
for my $index (0 .. $#texts) {
    my $number = 0;
    for my $line (split /\n/, $texts[$index]) {
        $number++;
        push @headings, "$index:$1" if $line =~ /^=head[1-3]\s+(.+)/;
        for my $word (map { lc } $line =~ /[A-Za-z_]{3,}/g) {
            $count{$word}++;
            push @{ $lines_of{$word} }, "$index:$number" if @{ $lines_of{$word} // [] } < 20;
        }
    }
}

my $rewritten = join "\n", @texts;
$rewritten =~ s/\b(\w)(\w*)\b/\U$1\E$2/g;
$rewritten =~ s/\$(\w+)/<$1>/g;
my $checksum = unpack "%32C*", $rewritten;

open my $file, ">", $output or die "$output: $!";
printf $file "%d texts, %d words, %d headings, checksum %d\n", scalar @texts, scalar keys %count, scalar @headings, $checksum;
for my $word (sort { $count{$b} <=> $count{$a} or $a cmp $b } keys %count) {
    printf $file "%-30s %6d %s\n", $word, $count{$word}, join " ", @{ $lines_of{$word} };
}
print $file map { "$_\n" } sort @headings;
close $file or die "$output: $!";

open my $done, ">", "$output.done" or die "$output.done: $!";
close $done;
select undef, undef, undef, 0.05 until -e "$output.leave";
exit 7;
