using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>One of four nodes stops in order, over real sockets, while all nodes append. One of the four is a learner.</summary>
public sealed class NodeStopTests : TestKit
{
    private const int Burst = 50;

    // A transfer that takes too long leaves Appends unknown. On a busy machine it takes long.
    private const string Patience = """
        raft.transfer-timeout = 20s
        akka.coordinated-shutdown.phases.before-cluster-shutdown.timeout = 50s
        """;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly List<NamedNode> _nodes = [];

    public NodeStopTests()
        : base("akka.loglevel = ERROR")
    {
    }

    [Theory]
    [InlineData("leader")]
    [InlineData("voter")]
    [InlineData("learner")]
    public async Task Node_that_stops_leaves_no_append_unknown(string role)
    {
        List<ProcessName> names = [.. Enumerable.Range(0, 4).Select(_ => NamedNode.NewName())];
        var roster = $"raft.roster = [{string.Join(", ", names.Select(name => $"\"{name}\""))}]\nraft.quorum.max = 3\n{Patience}";
        names.ForEach(name => _nodes.Add(new NamedNode(this, name, roster)));
        _nodes[0].Tell(new Recorder.Append("first", "v", Guard), TestActor);
        ExpectMsg<Outcome<int>.Done>(Guard);
        var stopped = Find(role);

        Append(_nodes);
        var stopping = Task.Run(stopped.Stop);
        Append(_nodes.Where(node => node != stopped));
        await stopping;

        var outcomes = ReceiveN(Burst * ((2 * _nodes.Count) - 1), Guard).Cast<Outcome<int>>().ToList();
        Assert.DoesNotContain(outcomes, outcome => outcome is Outcome<int>.Unknown);
    }

    protected override void AfterAll()
    {
        _nodes.ForEach(node => node.Stop());
        base.AfterAll();
    }

    private NamedNode Find(string role)
    {
        foreach (var node in _nodes)
        {
            node.Tell(new Recorder.GetStatus(), TestActor);
            var status = ExpectMsg<RaftStatus>(Guard);
            var found = status.Role == RaftRole.Leader ? "leader" : status.Quorum is { IsMember: true } ? "voter" : "learner";
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
