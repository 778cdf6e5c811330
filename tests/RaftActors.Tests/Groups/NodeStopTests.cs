namespace RaftActors.Tests.Groups;

/// <summary>One of four nodes stops in order, over real sockets, while all nodes append. One of the four is a learner.</summary>
public sealed class NodeStopTests : NodesTest
{
    private const int Burst = 50;

    // A transfer that takes too long leaves Appends unknown. On a busy machine it takes long.
    private const string Timing = """
        raft.transfer-timeout = 20s
        akka.coordinated-shutdown.phases.before-cluster-shutdown.timeout = 50s
        """;

    private readonly List<NamedNode> _nodes = [];

    [Theory]
    [InlineData("leader")]
    [InlineData("voter")]
    [InlineData("learner")]
    public async Task Node_that_stops_leaves_no_append_unknown(string role)
    {
        List<ProcessName> names = [.. Enumerable.Range(0, 4).Select(_ => NamedNode.NewName())];
        var list = string.Join(", ", names.Select(name => $"\"{name}\""));
        var roster = $"raft.group = default\nraft.roster = [{list}]\nraft.quorum.max = 3\n{Timing}";
        names.ForEach(name => _nodes.Add(new NamedNode(this, name, roster)));
        _nodes[0].Tell(new Recorder.Append("first", "v", Guard), TestActor);
        ExpectMsg<Outcome<int>>(Guard).OrThrow();
        var stopped = Find(role);

        Append(_nodes);
        var stopping = Task.Run(stopped.Stop);
        Append(_nodes.Where(node => node != stopped));
        await stopping;

        var outcomes = ReceiveN(Burst * ((2 * _nodes.Count) - 1), Guard).Cast<Outcome<int>>().ToList();
        Assert.DoesNotContain(outcomes, outcome => outcome is { Failure.Kind: FailureKind.Unknown });
    }

    [Fact]
    public void Nodes_that_stop_one_after_another_warn_of_nothing()
    {
        List<ProcessName> names = [.. Enumerable.Range(0, 3).Select(_ => NamedNode.NewName())];
        var config = "akka.loglevel = WARNING\n"
            + $"raft.group = default\nraft.roster = [{string.Join(", ", names.Select(name => $"\"{name}\""))}]";
        names.ForEach(name => _nodes.Add(new NamedNode(this, name, config)));
        _nodes.ForEach(node => node.ExpectWholeGroup(names));
        var errors = CreateTestProbe();
        _nodes.ForEach(node => node.System.EventStream.Subscribe(errors, typeof(Error)));

        _nodes[0].Stop();

        foreach (var node in _nodes.Skip(1))
        {
            var lost = node.ExpectEvent<RaftEvent.PeerChanged>(changed => !changed.IsReachable);
            Assert.Equal((names[0], true), (lost.Peer, lost.IsExpected));
        }

        _nodes.ForEach(node => node.Stop());

        // The remoting logs errors of its own when a connection ends.
        Assert.DoesNotContain(Received(errors), entry => entry.LogSource.Contains("/system/raft/"));
        Assert.All(_nodes, node => Assert.DoesNotContain(Received(node.Warned), entry => $"{entry.Message}".Contains("out of reach")));
    }

    [Fact]
    public async Task Node_whose_shutdown_does_not_terminate_it_still_votes()
    {
        List<ProcessName> names = [.. Enumerable.Range(0, 3).Select(_ => NamedNode.NewName())];
        var config = $"raft.group = default\nraft.roster = [{string.Join(", ", names.Select(name => $"\"{name}\""))}]";
        const string RunsOn = "akka.coordinated-shutdown { terminate-actor-system = off, run-by-actor-system-terminate = off }";
        names.ForEach(name => _nodes.Add(new NamedNode(this, name, name == names[2] ? $"{config}\n{RunsOn}" : config)));
        _nodes.ForEach(node => node.ExpectWholeGroup(names));

        await CoordinatedShutdown.Get(_nodes[2].System).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Guard);
        _nodes[1].Stop();

        // The quorum is this node and the one that runs on.
        _nodes[0].Tell(new Recorder.Append("key", "v", Guard), TestActor);
        ExpectMsg<Outcome<int>>(Guard).OrThrow();
    }

    private static IEnumerable<LogEvent> Received(TestProbe probe)
    {
        while (probe.HasMessages)
        {
            yield return (LogEvent)probe.ReceiveOne(TimeSpan.Zero);
        }
    }

    private NamedNode Find(string role)
    {
        foreach (var node in _nodes)
        {
            node.Tell(new Recorder.GetView(), TestActor);
            var view = ExpectMsg<Recorder.View>(Guard);
            var found = view.Leader is { IsSelf: true } ? "leader" : view.Quorum is { IsMember: true } ? "voter" : "learner";
            if (found == role)
            {
                return node;
            }
        }

        throw new InvalidOperationException($"No node is a {role}.");
    }

    private void Append(IEnumerable<NamedNode> nodes)
    {
        var all = nodes.ToList();
        for (var i = 0; i < Burst; i++)
        {
            all.ForEach(node => node.Tell(new Recorder.Append("key", "v", Guard), TestActor));
        }
    }
}
