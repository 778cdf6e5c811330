namespace RaftActors.Tests.Groups;

/// <summary>
/// A client on a node without a process moves the leadership of a group of four: three voters, and the last one as a learner.
/// </summary>
public sealed class ClientTransferTests : NodesTest
{
    private readonly string[] _names = AddressNode.NewNames(4);
    private readonly List<AddressNode> _nodes = [];
    private readonly RaftClient<string, int> _client;

    public ClientTransferTests()
    {
        var roster = string.Join(", ", _names.Select(name => $"\"raft@{name}\""));

        // A busy machine must not elect another leader.
        var config = $"raft {{ group = default, roster = [{roster}], founding-timeout = 1m, quorum.gone-after = 1m }}\n"
            + "raft.election-timeout { min = 5s, max = 8s }";
        _nodes.AddRange(_names.Select(name => new AddressNode(this, name, config)));
        var system = Own(ActorSystem.Create("client", ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = ERROR
            raft {
              address = node
              node = "{{AddressNode.NewNames(1)[0]}}"
              client { contacts = [{{string.Join(", ", _names.Select(name => $"\"{name}\""))}}], attempt-timeout = 500ms }
            }
            """)));
        _client = Raft.Get(system).CreateClient<string, int>("default");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Voter_that_a_client_names_leads_and_appends_go_on(int number)
    {
        var former = await LeaderAsync();
        var node = _names[number];
        var next = new ProcessName($"raft@{(former.Node == node ? _names.First(name => name != node) : node)}");

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
        Assert.Contains(leader.Node, _names.Take(3));
        Assert.NotEqual(former, leader);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Learner_and_unknown_process_cannot_be_made_leaders(bool isLearner)
    {
        var former = await LeaderAsync();
        var name = isLearner ? $"raft@{_names[3]}" : "raft@n9";

        var refused = (await _client.TransferLeadershipAsync(new ProcessName(name), Guard)).NotDone();

        Assert.Equal((FailureReason.Invalid, $"{name} is not a voter that could lead. Name a voter."), (refused.Reason, refused.Detail));
        Assert.Equal(former, StatusOf(NodeOf(former)).Leader);
    }

    [Fact]
    public async Task Transfer_to_a_voter_that_has_stopped_is_not_committed_and_the_leader_still_leads()
    {
        var former = await LeaderAsync();
        var silent = _nodes.Take(3).First(node => node.Name != former);
        silent.Stop();

        var refused = (await _client.TransferLeadershipAsync(silent.Name, Guard)).NotDone();

        Assert.Equal(FailureReason.Unavailable, refused.Reason);
        Assert.Equal(2, (await _client.AppendAsync("key", "value", Guard)).OrThrow().Serial.Value);
        Assert.Equal(former, StatusOf(NodeOf(former)).Leader);
    }

    private static RaftStatus StatusOf(AddressNode node) => Assert.Single(Raft.Get(node.System).Processes);

    private AddressNode NodeOf(ProcessName name) => _nodes.Single(node => node.Name == name);

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
