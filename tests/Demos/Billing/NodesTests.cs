using System.Globalization;

namespace Billing.Tests;

/// <summary>The demo from outside: four processes, whose biller is killed and frozen.</summary>
public sealed class NodesTests : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(120);

    private readonly ChildProcess _demo = ChildProcess.Start(
        "dotnet",
        [Programs.Find("demo/Billing", "Billing"), "--ports", .. FreePorts.Take(4).Select(port => $"{port}")]);

    public void Dispose() => _demo.Dispose();

    /// <summary>Also: a wrong command is answered with the commands. The start of four nodes for another test would take longer.</summary>
    [Fact]
    public async Task Bills_go_on_when_the_node_of_the_biller_is_killed_or_stands_still()
    {
        _demo.Tell("kill 5");
        await LineAsync("There is no command 'kill 5'. Commands on the standard input:", 0);
        var killed = await BillerAsync(0);
        var from = _demo.LineCount;
        _demo.Tell($"kill {killed.Node}");

        // It may write a bill before it reads the command.
        var frozen = await BillerAsync(from, not: killed.Node);
        Assert.True(frozen.Token > killed.Token, $"{frozen.Token} follows {killed.Token}");

        // Three nodes have the coordination group. Without the killed one it loses its quorum with the frozen one, and nobody bills.
        from = _demo.LineCount;
        _demo.Tell($"start {killed.Node}");
        await LineAsync($"node {killed.Node} | the node has started", from);
        frozen = await BillerAsync(from);
        from = _demo.LineCount;
        _demo.Tell($"freeze {frozen.Node}");
        var last = await BillerAsync(from, not: frozen.Node);
        Assert.True(last.Token > frozen.Token, $"{last.Token} follows {frozen.Token}");
        from = _demo.LineCount;
        _demo.Tell($"thaw {frozen.Node}");
        await LineAsync($"node {frozen.Node} | the process has ended, and is started again", from);

        _demo.Tell("quit");
        Assert.Equal(0, await _demo.Ended(WaitMax));
        var numbers = _demo.Lines(line => line.Text.Contains("| bill ") && !line.Text.Contains("REFUSED"))
            .Select(line => long.Parse(line.Text.Split(' ')[4], CultureInfo.InvariantCulture)).Distinct().ToArray();
        Assert.Equal(Enumerable.Range(1, numbers.Length).Select(number => (long)number), numbers);
    }

    // The node and the token of the next bill, but not of this node.
    private async Task<(int Node, long Token)> BillerAsync(int from, int not = 0)
    {
        var bill = await _demo.Line(
            line => line.Text.Contains("| bill ") && !line.Text.Contains("REFUSED")
                && !line.Text.StartsWith($"node {not} ", StringComparison.Ordinal),
            WaitMax,
            from);
        Assert.True(bill is not null, $"No bill follows:\n{Tail()}");
        var words = bill.Text.Split(' ');
        return (int.Parse(words[1], CultureInfo.InvariantCulture), long.Parse(words[^1].TrimEnd(')'), CultureInfo.InvariantCulture));
    }

    private async Task LineAsync(string text, int from) => Assert.True(
        await _demo.Line(line => line.Text == text, WaitMax, from) is not null, $"'{text}' does not follow:\n{Tail()}");

    private string Tail() => string.Join('\n', _demo.Lines(_ => true).TakeLast(40).Select(line => line.Text));
}
