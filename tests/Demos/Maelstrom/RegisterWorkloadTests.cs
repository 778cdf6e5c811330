using System.Text.Json.Nodes;

using MaelstromTrials.Registers;

namespace Maelstrom.Tests;

/// <summary>The workload lin-kv with one client, whose requests are answered by one copy of the state, or wrongly.</summary>
public sealed class RegisterWorkloadTests
{
    private const int Requests = 300;

    private readonly Store _store = new();
    private readonly RegisterWorkload _workload = new(seed: 1);

    [Fact]
    public void Answers_of_one_copy_are_accepted() => Assert.Empty(FaultsOf(_store.Do));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Request_without_an_answer_may_have_taken_effect_or_not(bool isDone) =>
        Assert.Empty(FaultsOf(body => TypeOf(body) == "read" ? _store.Do(body) : isDone ? Done(body, null) : null));

    [Theory]
    [InlineData("read", """{"type":"read_ok","value":7}""")]
    [InlineData("read", """{"type":"error","code":20}""")]
    [InlineData("write", """{"type":"write_ok"}""")]
    [InlineData("cas", """{"type":"cas_ok"}""")]
    [InlineData("cas", """{"type":"error","code":22}""")]
    [InlineData("cas", """{"type":"error","code":20}""")]
    public void Answer_without_an_effect_is_found(string type, string answer) =>
        Assert.NotEmpty(FaultsOf(body => TypeOf(body) == type ? Parse(answer) : _store.Do(body)));

    [Theory]
    [InlineData("write")]
    [InlineData("cas")]
    public void Effect_of_a_refused_request_is_found(string type) => Assert.NotEmpty(
        FaultsOf(body => TypeOf(body) == type ? Done(body, """{"type":"error","code":11}""") : _store.Do(body)));

    [Fact]
    public void Final_reads_ask_for_each_key_of_the_run()
    {
        FaultsOf(_store.Do);

        Assert.Equal(["0", "1", "2", "3", "4"], _workload.FinalReads().Select(read => $"{read().Body["key"]}"));
    }

    private static string TypeOf(JsonObject body) => $"{body["type"]}";

    private static JsonObject Parse(string answer) => JsonNode.Parse(answer)!.AsObject();

    private JsonObject? Done(JsonObject body, string? answer)
    {
        _store.Do(body);
        return answer is null ? null : Parse(answer);
    }

    private IReadOnlyList<string> FaultsOf(Func<JsonObject, JsonObject?> answer)
    {
        for (var number = 0; number < Requests; number++)
        {
            var request = _workload.Next(client: 1);
            request.End(answer(request.Body));
        }

        return _workload.FindFaults();
    }
}
