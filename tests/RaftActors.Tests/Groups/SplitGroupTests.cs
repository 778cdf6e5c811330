using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>Nodes with stores in files on a network that can be split in two. Otherwise it loses nothing.</summary>
public sealed class SplitGroupTests : TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    private static readonly string[] Four = ["n1", "n2", "n3", "n4"];
    private static readonly string[] Three = ["n1", "n2", "n3"];

    private readonly TemporaryFolder _folder = new();
    private readonly BadNetwork _network = new(seed: 1);
    private readonly List<CustomNode> _nodes = [];

    public SplitGroupTests()
        : base("akka.loglevel = ERROR") => _network.Calm();

    [Fact]
    public async Task Neither_half_of_a_split_network_founds_a_group_and_both_found_one_when_it_is_whole()
    {
        _network.Separate("n1", "n2");
        Array.ForEach(Four, name => Start(name, Four));

        var apart = await Task.WhenAll(_nodes.Select(node => node.Ask(new Recorder.Append("key", "apart"))));

        Assert.All(apart, outcome => Assert.Equal(FailureReason.NoLeader, Assert.IsType<Outcome<int>>(outcome).NotDone().Reason));
        Assert.All(_nodes, node => Assert.Null(StatusOf(node).Leader));

        _network.Heal();
        foreach (var node in _nodes)
        {
            await AppendAsync(node, "whole");
        }

        Assert.All(_nodes, node => node.ExpectUpTo(told => told == "append 4 key=whole" || told == "append 4 key=whole own"));
    }

    [Fact]
    public async Task Node_on_an_old_copy_of_its_store_is_fenced_and_the_others_go_on()
    {
        var nodes = Three.Select(name => Start(name, Three)).ToList();
        await AppendAsync(nodes[2], "one");
        Stop(nodes[2]);
        CopyStore("n3", "copy");

        // The next start acknowledges a pair that the copy lacks.
        var second = Start("n3", Three);
        await AppendAsync(second, "two");
        Stop(second);
        Directory.Delete(StoreOf("n3"), recursive: true);
        CopyStore("copy", "n3");

        var restored = Start("n3", Three);

        restored.ExpectEvent<RaftEvent.Fenced>(_ => true);
        await AppendAsync(nodes[0], "three");
        Assert.NotNull(StatusOf(restored).Fence);
    }

    protected override void AfterAll()
    {
        _nodes.ForEach(node => node.Stop());
        _network.Dispose();
        base.AfterAll();
        _folder.Dispose();
    }

    private static async Task AppendAsync(CustomNode node, string value)
    {
        var outcome = await node.Ask(new Recorder.Append("key", value, Guard));
        Assert.True(outcome is Outcome<int> { Failure: null }, $"{outcome}");
    }

    private static RaftStatus StatusOf(CustomNode node) => Assert.Single(Raft.Get(node.System).Processes);

    private string StoreOf(string name) => _folder[name];

    private CustomNode Start(string name, string[] all)
    {
        var roster = string.Join(", ", all.Select(each => $"\"raft@{each}\""));
        var node = new CustomNode(
            this,
            name,
            _network.Join(name),
            $"raft {{ roster = [{roster}], founding-timeout = 500ms, quorum.gone-after = 1m, store.directory = \"{StoreOf(name)}\" }}");
        _nodes.Add(node);
        return node;
    }

    private void Stop(CustomNode node)
    {
        node.Stop();
        _nodes.Remove(node);
    }

    private void CopyStore(string from, string to)
    {
        foreach (var file in Directory.GetFiles(StoreOf(from), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(StoreOf(to), Path.GetRelativePath(StoreOf(from), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
