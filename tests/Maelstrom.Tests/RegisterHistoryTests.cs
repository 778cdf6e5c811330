using MaelstromTrials.Check;

using RaftActors.Testing.History;

namespace Maelstrom.Tests;

/// <summary>Histories in the format of mael.py.</summary>
public sealed class RegisterHistoryTests
{
    private const string Write1 = """{"client":1,"op":"write","key":"k","value":1,"call_ns":1,"return_ns":2,"ok":true}""";
    private const string Write2 = """{"client":1,"op":"write","key":"k","value":2,"call_ns":3,"return_ns":4,"ok":true}""";
    private const string Lost2 = """{"client":1,"op":"write","key":"k","value":2,"call_ns":3,"return_ns":null,"ok":null}""";
    private const string Failed2 = """{"client":1,"op":"write","key":"k","value":2,"call_ns":3,"return_ns":4,"ok":false,"error":11}""";
    private const string Swap = """{"client":1,"op":"cas","key":"k","from":1,"value":2,"call_ns":3,"return_ns":4,"ok":true}""";

    [Theory]
    [InlineData(Write1, Write2, 2)]
    [InlineData(Write1, Swap, 2)]
    [InlineData(Write1, Lost2, 1)]
    [InlineData(Write1, Lost2, 2)]
    [InlineData(Write1, Failed2, 1)]
    public void Linearizable_history_is_accepted(string first, string second, int? read) =>
        Assert.IsType<HistoryVerdict<RegisterModel.Call, RegisterModel.Reply>.Linearizable>(Check(first, second, ReadOf(read)));

    [Theory]
    [InlineData(Write1, Write2, 1)]
    [InlineData(Write2, Swap, 2)]
    [InlineData(Write1, Failed2, 2)]
    [InlineData(Write1, Write2, null)]
    public void Other_history_is_refused(string first, string second, int? read) =>
        Assert.IsType<HistoryVerdict<RegisterModel.Call, RegisterModel.Reply>.NotLinearizable>(Check(first, second, ReadOf(read)));

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(5, false, true)]
    [InlineData(null, true, true)]
    [InlineData(1, true, false)]
    public void Failed_swap_is_an_observation(int? present, bool isAbsent, bool isLinearizable)
    {
        var absent = isAbsent ? "true" : "false";
        var failed = Swap.Replace("\"ok\":true", $"\"ok\":true,\"swapped\":false,\"absent\":{absent}");
        var before = present is null ? "# no write" : Write1.Replace("\"value\":1", $"\"value\":{present}");

        Assert.Equal(isLinearizable, Check(before, failed) is HistoryVerdict<RegisterModel.Call, RegisterModel.Reply>.Linearizable);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("""{"client":1,"op":"erase","key":"k","call_ns":3}""")]
    [InlineData("""{"client":1,"op":"write","key":"k"}""")]
    public void Line_that_is_no_operation_is_named(string line) =>
        Assert.Contains(line, Assert.Throws<InvalidDataException>(() => RegisterHistory.Read([line])).Message);

    private static string ReadOf(int? value) =>
        $$"""{"client":2,"op":"read","key":"k","value":{{value?.ToString() ?? "null"}},"call_ns":5,"return_ns":6,"ok":true}""";

    private static HistoryVerdict<RegisterModel.Call, RegisterModel.Reply> Check(params string[] lines) =>
        Linearizability.Check(RegisterHistory.Read(lines), new RegisterModel());
}
