namespace RaftActors.Tests.Groups;

/// <summary>Nodes with stores in files that are copied.</summary>
public sealed class CopiedStoreTests : NodesTest
{
    private readonly string[] _names = AddressNode.NewNames(3);

    [Fact]
    public async Task Node_on_an_old_copy_of_its_store_is_fenced_and_the_others_go_on()
    {
        var last = _names[2];
        var nodes = _names.Select(Start).ToList();
        await AppendAsync(nodes[2], "one");
        Stop(nodes[2]);
        CopyStore(last, "copy");

        // The next start acknowledges a pair that the copy lacks.
        var second = Start(last);
        await AppendAsync(second, "two");
        Stop(second);
        Directory.Delete(StoreOf(last), recursive: true);
        CopyStore("copy", last);

        var restored = Start(last);

        restored.ExpectEvent<RaftEvent.Fenced>(_ => true);
        await AppendAsync(nodes[0], "three");
        Assert.NotNull(StatusOf(restored).Fence);
    }

    private static async Task AppendAsync(AddressNode node, string value)
    {
        var outcome = await node.Ask(new Recorder.Append("key", value, Guard));
        Assert.True(outcome is Outcome<int> { Failure: null }, $"{outcome}");
    }

    private static RaftStatus StatusOf(AddressNode node) => Assert.Single(Raft.Get(node.System).Processes);

    private string StoreOf(string name) => Folder[name.Replace(':', '-')];

    private AddressNode Start(string name)
    {
        var roster = string.Join(", ", _names.Select(each => $"\"raft@{each}\""));
        var node = new AddressNode(
            this,
            name,
            $"raft {{ group = default, roster = [{roster}], founding-timeout = 500ms, quorum.gone-after = 1m }}\n"
                + $"raft.store.directory = \"{StoreOf(name)}\"");
        return node;
    }

    private void Stop(AddressNode node)
    {
        node.Stop();
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
