namespace RaftActors.Testing.Tests.History;

/// <summary>Partitions, the limit of the search, and the text of a verdict.</summary>
public sealed class VerdictTests
{
    private readonly OperationHistory<StoreAsk, string> _history = new();

    [Fact]
    public void Operations_of_different_keys_do_not_affect_each_other()
    {
        Append("a", "1");
        Append("b", "2");
        Get("a", "1");
        Get("b", "2");

        Assert.Null(Check());
    }

    [Fact]
    public void Verdict_names_the_wrong_key()
    {
        Append("a", "1");
        Append("b", "2");
        Get("a", "1");
        Get("b", "1");

        Assert.True(Check() is { Partition: "b", Impossible: not null });
    }

    [Fact]
    public void Search_above_its_limit_gives_up()
    {
        AppendAtOnce("a", clients: 12);
        Get("a", "none of these");

        Assert.True(Check(placesMax: 1000) is { Partition: "a", Impossible: null, Places: 1000 or 1001 });
    }

    [Fact]
    public void Wrong_key_decides_when_the_search_of_another_key_gives_up()
    {
        AppendAtOnce("a", clients: 12);
        Get("a", "none of these");
        Get("b", "never written");

        Assert.True(Check(placesMax: 1000) is { Partition: "b", Impossible: not null });
    }

    [Fact]
    public void Verdict_prints_an_order_and_the_operation_that_does_not_fit()
    {
        _history.Invoke(9, new StoreAsk.Append("a", "3"));
        Append("a", "1");
        Get("a", "1");
        Get("a", "2");

        Assert.Equal(
            """
            Not linearizable: a
              1..2 client 1: Append { Key = a, Value = 1 } -> done
              3..4 client 1: Get { Key = a } -> 1
            gives 1, and then there is no place for
              5..6 client 1: Get { Key = a } -> 2
              (open: 0.. client 9: Append { Key = a, Value = 3 } -> Pending)

            """,
            $"{Check()}",
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Verdict_prints_only_the_last_part_of_a_long_order()
    {
        for (var i = 0; i < 100; i++)
        {
            Append("a", "x");
        }

        Get("a", "");

        var lines = $"{Check()}".Split('\n');

        Assert.Equal("  (80 operations)", lines[1]);
        Assert.StartsWith("  160..161 ", lines[2]);
    }

    private void Append(string key, string value) => _history.Ok(_history.Invoke(1, new StoreAsk.Append(key, value)), "done");

    private void Get(string key, string value) => _history.Ok(_history.Invoke(1, new StoreAsk.Get(key)), value);

    private void AppendAtOnce(string key, int clients)
    {
        var appends = Enumerable.Range(0, clients).Select(i => _history.Invoke(i, new StoreAsk.Append(key, $"{i} "))).ToArray();
        Array.ForEach(appends, append => _history.Ok(append, "done"));
    }

    private HistoryFault<StoreAsk, string>? Check(int placesMax = 10_000) => _history.Check(new AppendStore(), placesMax);
}
