namespace FourNodes.Tests;

/// <summary>Runs each node in its own process, as in four terminals.</summary>
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
    public async Task Four_single_nodes_print_the_lines_of_the_seed()
    {
        await ScenarioIsOver();
        var transcript = new Transcript(_nodes.SelectMany(node => node.Lines));
        var seed = Transcript.Seed(10);
        Assert.All(seed.ByProcess, process => Assert.Equal(process, transcript.ByProcess[process.Key]));

        foreach (var node in _nodes)
        {
            node.Send(Signal.Terminate);
            Assert.Equal(0, await node.Exit());
        }

        Assert.All(_nodes, node => Assert.Equal(("", "Stopped."), (node.Errors, node.Lines[^1])));
    }

    [Fact]
    public async Task Killed_leader_is_replaced_and_rejoins_as_a_new_incarnation()
    {
        await ScenarioIsOver();

        Node2.Kill();
        await await Task.WhenAny(Node1.Line("I'm a leader of this quorum"), Node3.Line("I'm a leader of this quorum"));

        // node3 is a quorum member. An Append of a learner may be on its way through the killed node, and then ends as Unknown.
        Node3.Type("append key101 after the leader's death");
        const string appended = "serial 6, key \"key101\" and value \"after the leader's death\"";
        await Task.WhenAll(Node1.Line(appended), Node3.Line(appended), Node4.Line(appended));

        using var again = DemoProcess.Start("--node", "node2");
        await again.Line("Quorum member: false");
        Node3.Type("append key102 to all four");
        await Task.WhenAll(new[] { Node1, Node3, Node4, again }.Select(node => node.Line("key \"key102\" and value \"to all four\"")));
        Assert.DoesNotContain(again.Lines, line => line.Contains("leader of this quorum") || line.Contains("Quorum member: true"));
    }

    private Task ScenarioIsOver() => Task.WhenAll(
        Node4.Line("Received requested serial 4 with key key4 and value value4"),
        Node3.Line("Received append request with serial 5"));
}
