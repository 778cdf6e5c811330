namespace FourNodes.Tests;

/// <summary>
/// Runs each node in its own process, as in four terminals. One test has one group, since the start of four programs is most of its work.
/// </summary>
[Collection(nameof(DemoPorts))]
[Trait("Needs", "Linux")]
public sealed class SingleNodeTests : IDisposable
{
    private readonly DemoProcess[] _nodes = [.. Enumerable.Range(1, 4).Select(n => DemoProcess.Start("--node", $"node{n}"))];

    private DemoProcess Node1 => _nodes[0];

    private DemoProcess Node2 => _nodes[1];

    private DemoProcess Node3 => _nodes[2];

    private DemoProcess Node4 => _nodes[3];

    public void Dispose() => Array.ForEach(_nodes, node => node.Dispose());

    [Fact]
    public async Task Four_single_nodes_print_the_lines_of_the_seed_replace_a_killed_leader_and_end_by_signals()
    {
        await ScenarioIsOver();
        AssertLinesOfTheSeed();
        await KillTheLeader();
        await Task.WhenAll(
            Ends(Node1, Signal.Interrupt), Ends(Node2, Signal.Terminate), Ends(Node3, Signal.Terminate), Ends(Node4, Signal.Interrupt));
    }

    private static async Task Ends(DemoProcess node, Signal signal)
    {
        node.Send(signal);
        Assert.Equal(0, await node.Exit());
        Assert.Equal(("", "Stopped."), (node.Errors, node.Lines[^1]));
    }

    private void AssertLinesOfTheSeed()
    {
        var transcript = new Transcript(_nodes.SelectMany(node => node.Lines));
        var seed = Transcript.Seed(10);
        Assert.All(seed.ByProcess, process => Assert.Equal(process, transcript.ByProcess[process.Key]));
    }

    // It is replaced, and rejoins as a new incarnation.
    private async Task KillTheLeader()
    {
        Node2.Dispose();
        await await Task.WhenAny(Node1.Line("I'm a leader of this quorum"), Node3.Line("I'm a leader of this quorum"));

        // node3 is a quorum member. An Append of a learner may be on its way through the killed node, and then ends as Unknown.
        Node3.Type("append key101 after the leader's death");
        const string appended = "serial 6, key \"key101\" and value \"after the leader's death\"";
        await Task.WhenAll(Node1.Line(appended), Node3.Line(appended), Node4.Line(appended));

        _nodes[1] = DemoProcess.Start("--node", "node2");
        await Node2.Line("Quorum member: false");
        Node3.Type("append key102 to all four");
        await Task.WhenAll(_nodes.Select(node => node.Line("key \"key102\" and value \"to all four\"")));
        Assert.DoesNotContain(Node2.Lines, line => line.Contains("leader of this quorum") || line.Contains("Quorum member: true"));
    }

    private Task ScenarioIsOver() => Task.WhenAll(
        Node4.Line("Received requested serial 4 with key key4 and value value4"),
        Node3.Line("Received append request with serial 5"));
}
