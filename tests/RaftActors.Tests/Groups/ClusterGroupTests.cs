namespace RaftActors.Tests.Groups;

/// <summary>A whole group over real cluster systems and sockets: the nodes of the demo.</summary>
public sealed class ClusterGroupTests : NodesTest
{
    private readonly List<ClusterNode> _nodes = [];

    [Fact]
    public void Process_that_joins_late_becomes_a_learner_and_is_handed_everything_however_large()
    {
        // Five times the size of a frame of the transport.
        var large = new string('x', 60_000);
        Start(null, 1, 4, 4);
        _nodes[1].Expect("leads");
        for (var i = 0; i < 10; i++)
        {
            _nodes[0].Append("large", large, TestActor);
        }

        ReceiveN(10, Guard);
        Start(null, 0);

        _nodes[3].Expect("quorum of 3, learner");
        _nodes[3].Expect("append 1 key1=value1");
        _nodes[3].Expect($"append 14 large={large}");
    }

    [Fact]
    public void Node_that_is_started_again_on_its_files_votes_as_before()
    {
        Start(Folder.Path, 0, 0, 0);
        _nodes[0].Append("key1", "a", TestActor);
        ExpectMsg<Outcome<int>>(Guard).OrThrow();
        _nodes[2].Stop();
        _nodes[0].Append("key2", "b", TestActor);
        ExpectMsg<Outcome<int>>(Guard).OrThrow();

        _nodes.Add(new ClusterNode(this, 3, 0, _nodes[0], Folder.Path));
        _nodes[3].Expect("quorum of 3, member");
        _nodes[3].ExpectStart("led by ");
        _nodes[1].Stop();

        // Two of the three voters are left.
        _nodes[3].Append("key3", "c", TestActor);
        Assert.Equal(new Serial(3), ExpectMsg<Outcome<int>>(Guard).OrThrow().Serial);
    }

    private void Start(string? folder, params int[] preloaded)
    {
        foreach (var count in preloaded)
        {
            _nodes.Add(new ClusterNode(this, _nodes.Count + 1, count, _nodes.FirstOrDefault(), folder));
        }
    }
}
