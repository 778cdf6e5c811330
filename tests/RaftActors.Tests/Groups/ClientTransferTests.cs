using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>
/// A client on a node without a process moves the leadership of a group of four: three voters, and n4 as a learner. The network loses
/// nothing, unless a test cuts a node off.
/// </summary>
public sealed class ClientTransferTests : TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = ["n1", "n2", "n3", "n4"];

    private readonly BadNetwork _network = new(seed: 1);
    private readonly List<CustomNode> _nodes = [];
    private readonly ActorSystem _system;
    private readonly RaftClient<string, int> _client;

    public ClientTransferTests()
        : base("akka.loglevel = ERROR")
    {
        _network.Calm();
        var roster = string.Join(", ", Names.Select(name => $"\"raft@{name}\""));

        // A busy machine must not elect another leader.
        var config = $"raft {{ roster = [{roster}], founding-timeout = 1m, quorum.gone-after = 1m }}\n"
            + "raft.election-timeout { min = 5s, max = 8s }";
        _nodes.AddRange(Names.Select(name => new CustomNode(this, name, _network.Join(name), config)));
        _system = ActorSystem.Create("client", ConfigurationFactory.ParseString(
            """
            akka.loglevel = ERROR
            raft { transport = custom, node = "c1", client { contacts = ["n1", "n2", "n3", "n4"], attempt-timeout = 500ms } }
            """));
        _client = Raft.Get(_system).UseTransport(_network.Join("c1")).CreateClient<string, int>();
    }

    [Theory]
    [InlineData("n1")]
    [InlineData("n2")]
    [InlineData("n3")]
    public async Task Voter_that_a_client_names_leads_and_appends_go_on(string node)
    {
        var former = await LeaderAsync();
        var next = new ProcessName($"raft@{(former.Node == node ? Names.First(name => name != node) : node)}");

        (await _client.TransferLeadershipAsync(next, Guard)).OrThrow();

        Assert.Equal(next, StatusOf(NodeOf(next)).Leader);
        Assert.Equal(2, (await _client.AppendAsync("key", "value", Guard)).OrThrow().Serial.Value);
        NodeOf(next).ExpectEvent<RaftEvent.LeaderChanged>(changed => changed.Leader == next);
    }

    [Fact]
    public async Task Another_voter_leads_if_the_client_names_none()
    {
        var former = await LeaderAsync();

        (await _client.TransferLeadershipAsync(timeout: Guard)).OrThrow();

        var leader = LeaderNow();
        Assert.Contains(leader.Node, Names.Take(3));
        Assert.NotEqual(former, leader);
    }

    [Theory]
    [InlineData("raft@n4")]
    [InlineData("raft@n9")]
    public async Task Learner_and_unknown_process_cannot_be_made_leaders(string name)
    {
        var former = await LeaderAsync();

        var refused = (await _client.TransferLeadershipAsync(new ProcessName(name), Guard)).NotDone();

        Assert.Equal((FailureReason.Invalid, $"{name} is not a voter that could lead."), (refused.Reason, refused.Detail));
        Assert.Equal(former, StatusOf(NodeOf(former)).Leader);
    }

    [Fact]
    public async Task Transfer_to_a_voter_that_is_cut_off_is_not_committed_and_the_leader_still_leads()
    {
        var former = await LeaderAsync();
        var silent = Names.Take(3).First(name => name != former.Node);
        _network.Cut(silent);

        var refused = (await _client.TransferLeadershipAsync(new ProcessName($"raft@{silent}"), Guard)).NotDone();

        Assert.Equal(FailureReason.Unavailable, refused.Reason);
        Assert.Equal(2, (await _client.AppendAsync("key", "value", Guard)).OrThrow().Serial.Value);
        Assert.Equal(former, StatusOf(NodeOf(former)).Leader);
    }

    protected override void AfterAll()
    {
        _client.DisposeAsync().AsTask().Wait(Guard);
        _system.Terminate().Wait(Guard);
        _nodes.ForEach(node => node.Stop());
        _network.Dispose();
        base.AfterAll();
    }

    private static RaftStatus StatusOf(CustomNode node) => Assert.Single(Raft.Get(node.System).Processes);

    private CustomNode NodeOf(ProcessName name) => _nodes.Single(node => node.Name == name);

    // The leader of a group that has committed a pair.
    private async Task<ProcessName> LeaderAsync()
    {
        (await _client.AppendAsync("first", "value", Guard)).OrThrow();
        return LeaderNow();
    }

    // Each process says what it knows: a client's question to the leader may end before its answer on a busy machine.
    private ProcessName LeaderNow() =>
        _nodes.Select(StatusOf).Where(status => status.Role == RaftRole.Leader).MaxBy(status => status.Term)!.Name;
}
