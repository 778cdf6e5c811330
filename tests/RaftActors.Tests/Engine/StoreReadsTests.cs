using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

/// <summary>Core learns whether reads of the store make progress.</summary>
public sealed class StoreReadsTests
{
    private readonly List<bool> _told = [];
    private readonly StoreReads _reads;

    public StoreReadsTests() => _reads = new StoreReads(_told.Add);

    [Fact]
    public void First_read_and_each_end_of_the_oldest_read_are_told()
    {
        object one = new(), two = new();

        _reads.Begin(one);
        _reads.Begin(two);
        Assert.Equal([true], _told);

        _reads.End(one);
        Assert.Equal([true, true], _told);
        _reads.End(two);
        Assert.Equal([true, true, false], _told);
    }

    [Fact]
    public void Later_reads_that_end_do_not_hide_one_that_hangs()
    {
        object hanging = new(), other = new();
        _reads.Begin(hanging);

        for (var i = 0; i < 3; i++)
        {
            _reads.Begin(other);
            _reads.End(other);
        }

        Assert.Equal([true], _told);
    }
}
