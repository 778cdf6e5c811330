using RaftTrials.Servers;

using TrialKit;

namespace RaftTrials.Tests;

/// <summary>Parsing of the server lines that trials wait for.</summary>
public sealed class ServerLinesTests
{
    [Fact]
    public void Logs_and_count_are_read_from_standard_output()
    {
        Assert.Equal("i,like,beer", string.Join(',', ServerLines.Logs(Output("2024/02/23 17:52:24 Logs [i like beer]"))!.Value));
        Assert.Empty(ServerLines.Logs(Output("2024/02/23 17:52:24 Logs []"))!.Value);
        Assert.Equal(3L, ServerLines.Count(Output("2024/02/23 18:42:30 Count 3")));
        Assert.Null(ServerLines.Logs(Output("2024/02/23 18:42:30 Count 3")));
        Assert.Null(ServerLines.Logs(Error("2024/02/23 17:52:24 Logs [i like beer]")));
    }

    [Fact]
    public void Leaders_are_read_from_standard_error()
    {
        var elected = Error("2026/11/20 18:08:42 elected leader in term 7 by :4490, :4491");
        var heard = Error("2026/11/20 18:08:42 :4490 leads in term 8");

        Assert.Equal((7, 7), (ServerLines.Elected(elected), ServerLines.Leads(elected)));
        Assert.Equal((null, 8), (ServerLines.Elected(heard), ServerLines.Leads(heard)));
        Assert.Null(ServerLines.Leads(Error("2026/11/20 18:08:43 no leader is known in term 8")));
        Assert.Null(ServerLines.Elected(Output("2026/11/20 18:08:42 Logs [elected leader in term 7 by me]")));
    }

    [Fact]
    public void Replaced_voter_is_read_with_or_without_a_host()
    {
        const string Time = "2026/11/22 12:10:42 changes the voters: ";

        Assert.Equal(":4491", ServerLines.Replaced(Error($"{Time}:4495#1f00 takes the place of :4491#2e00, which was not heard")));
        Assert.Equal("n1:9990", ServerLines.Replaced(Error($"{Time}n2:9990#1f takes the place of n1:9990#2e, which lost its store")));
        Assert.Null(ServerLines.Replaced(Error($"{Time}:4495#1f00 caught up, and 3 of 5 vote")));
    }

    private static OutputLine Output(string text) => new(text, IsError: false, 0);

    private static OutputLine Error(string text) => new(text, IsError: true, 0);
}
