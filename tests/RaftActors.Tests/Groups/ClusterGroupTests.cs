using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>A whole group over real cluster systems and sockets: the four nodes of the demo.</summary>
public sealed class ClusterGroupTests : TestKit
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ClusterNode> _nodes = [];

    public ClusterGroupTests()
        : base(ConfigurationFactory.ParseString("akka.loglevel = ERROR"))
    {
    }

    [Fact]
    public void Learner_appends_twenty_keys_at_once_and_all_are_handed_them_in_order()
    {
        Start(null, ClusterNode.FoundsWithAll, 1, 4, 4, 0);
        _nodes[3].Expect("quorum of 3, learner");

        for (var i = 0; i < 20; i++)
        {
            _nodes[3].Append($"k{i}", "v", TestActor);
        }

        var serials = ReceiveN(20, TimeSpan.FromSeconds(30)).Cast<Outcome<int>>().Select(done => done.OrThrow().Serial);
        Assert.Equal(Enumerable.Range(5, 20).Select(n => new Serial(n)), serials);
        foreach (var node in _nodes)
        {
            var own = node == _nodes[3] ? " own" : "";
            node.Expect($"append 5 k0=v{own}");
            for (var i = 1; i < 20; i++)
            {
                Assert.Equal($"{i + 5} k{i}=v{own}", node.ExpectStart("append "));
            }
        }
    }

    [Fact]
    public void Process_that_joins_late_becomes_a_learner_and_is_handed_everything_however_large()
    {
        // Five times the size of a frame of the transport.
        var large = new string('x', 60_000);
        Start(1, 4, 4);
        _nodes[1].Expect("leads");
        for (var i = 0; i < 10; i++)
        {
            _nodes[0].Append("large", large, TestActor);
        }

        ReceiveN(10, TimeSpan.FromSeconds(30));
        Start(0);

        _nodes[3].Expect("quorum of 3, learner");
        _nodes[3].Expect("append 1 key1=value1");
        _nodes[3].Expect($"append 14 large={large}");
    }

    [Fact]
    public void Node_that_is_started_again_on_its_files_votes_as_before()
    {
        Start(_folder["restart"], "", 0, 0, 0);
        _nodes[0].Append("key1", "a", TestActor);
        ExpectMsg<Outcome<int>>(TimeSpan.FromSeconds(30)).OrThrow();
        _nodes[2].Stop();
        _nodes[0].Append("key2", "b", TestActor);
        ExpectMsg<Outcome<int>>(TimeSpan.FromSeconds(30)).OrThrow();

        _nodes.Add(new ClusterNode(this, 3, 0, _nodes[0], _folder["restart"]));
        _nodes[3].Expect("quorum of 3, member");
        _nodes[3].ExpectStart("led by ");
        _nodes[1].Stop();

        // Two of the three voters are left.
        _nodes[3].Append("key3", "c", TestActor);
        Assert.Equal(new Serial(3), ExpectMsg<Outcome<int>>(TimeSpan.FromSeconds(30)).OrThrow().Serial);
    }

    protected override void AfterAll()
    {
        _nodes.ForEach(node => node.Stop());
        _folder.Dispose();

        base.AfterAll();
    }

    private void Start(params int[] preloaded) => Start(null, "", preloaded);

    private void Start(string? folder, string config, params int[] preloaded)
    {
        foreach (var count in preloaded)
        {
            _nodes.Add(new ClusterNode(this, _nodes.Count + 1, count, _nodes.FirstOrDefault(), folder, config));
        }
    }
}
