using System.Collections.Immutable;
using System.Text.Json.Nodes;

using RaftActors.Simulator.Actors.Histories;
using RaftActors.Simulator.Actors.Lists;

namespace RaftActors.Simulator.Tests.Checking;

/// <summary>Answers to transactions, and which of them a history of lists rejects.</summary>
public sealed class ListHistoryTests
{
    private readonly ListHistory _lists = new();

    [Fact]
    public void True_answers_are_accepted()
    {
        Append(1);
        _lists.Begin(2, [new Step.Append(100, 2)]);
        _lists.Begin(3, [new Step.Append(100, 3)]);
        _lists.End(3, answer: null);
        ReadAtTheEnd("[1, 2]");

        Assert.Empty(_lists.FindFaults());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[1, 3]")]
    [InlineData("[1, 1]")]
    public void Lost_refused_or_doubled_append_is_rejected(string read)
    {
        Append(1);
        _lists.Begin(3, [new Step.Append(100, 3)]);
        _lists.End(3, answer: null);
        ReadAtTheEnd(read);

        Assert.NotEmpty(_lists.FindFaults());
    }

    [Fact]
    public void Read_that_misses_an_append_which_ended_before_is_rejected()
    {
        Append(1);
        _lists.Begin(2, [new Step.Read(100, [])]);
        _lists.End(2, Answer("[]"));
        ReadAtTheEnd("[1]");

        Assert.NotEmpty(_lists.FindFaults());
    }

    private void Append(int element)
    {
        _lists.Begin(element, [new Step.Append(100, element)]);
        _lists.End(element, new JsonObject { ["txn"] = new JsonArray(new JsonArray("append", 100, element)) });
    }

    private void ReadAtTheEnd(string list)
    {
        ImmutableArray<Step> reads = [new Step.Read(100, [])];
        _lists.End(reads, _lists.Now(), Answer(list));
    }

    private static JsonObject Answer(string list) => new() { ["txn"] = new JsonArray(new JsonArray("r", 100, JsonNode.Parse(list))) };
}
