using RaftActors.Network;

namespace RaftActors.Tests.Network;

public sealed class SeenNumbersTests
{
    private readonly SeenNumbers _seen = new();

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(3, 1, 2)]
    [InlineData(1, SeenNumbers.Window, SeenNumbers.Window + 1)]
    [InlineData(5, 5 + SeenNumbers.Window, 6 + SeenNumbers.Window)]
    [InlineData(long.MaxValue, long.MaxValue - 1, long.MaxValue - 2)]
    public void Each_number_is_taken_once_in_any_order(long first, long second, long third)
    {
        long[] numbers = [first, second, third];
        Assert.All(numbers, number => Assert.True(_seen.TryAdd(number)));
        Assert.All(numbers, number => Assert.False(_seen.TryAdd(number)));
    }

    [Fact]
    public void Number_far_below_the_highest_one_counts_as_seen()
    {
        Assert.True(_seen.TryAdd(SeenNumbers.Window + 1));

        Assert.False(_seen.TryAdd(1));
        Assert.True(_seen.TryAdd(2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Number_that_no_sender_uses_is_refused(long number) => Assert.False(_seen.TryAdd(number));

    [Fact]
    public void Random_numbers_are_taken_as_by_a_set()
    {
        var (random, rounds) = (new Random(1), Share.Of(40_000, 100_000, 200_000));
        var (known, highest) = (new HashSet<long>(), 0L);
        for (var round = 0; round < rounds; round++)
        {
            var number = Math.Max(1, highest + random.Next(-2 * SeenNumbers.Window, 100 + (round % 1000 == 0 ? SeenNumbers.Window : 0)));
            var isNew = number > highest - SeenNumbers.Window && known.Add(number);

            Assert.Equal(isNew, _seen.TryAdd(number));
            highest = Math.Max(highest, number);
        }
    }
}
