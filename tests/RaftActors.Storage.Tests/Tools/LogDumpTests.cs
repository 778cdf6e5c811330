using RaftActors.Core.Codec;
using RaftActors.Storage.Tools;

namespace RaftActors.Storage.Tests.Tools;

/// <summary>The list of a log's contents.</summary>
public sealed class LogDumpTests : FolderTest
{
    [Fact]
    public void Each_pair_of_a_batch_is_listed_with_its_serial()
    {
        var value = PairBatch.Encode([("a", "1"u8.ToArray()), ("b", "22"u8.ToArray())]);
        RequestId request = new(new Member(new ProcessName("raft1@node1"), Incarnation.None), 7);
        LogEntry batch = new(new LogIndex(2), new Term(1), new Serial(3), new Payload.Pair(request, "", value) { Count = 2 });
        using (var directory = StoreDirectory.Open(new StoreOptions { Directory = Folder["store"], FreeSpaceFloorBytes = 0 }))
        {
            using var store = directory.StoreOf(Life.OwnerOf("a"));
            LogEntry[] log = [Life.Entry(1) with { Time = default }, batch, Life.Entry(3) with { Serial = new Serial(4) }];
            store.Open(Life.OwnerOf("a"), [.. log], new Listener());
        }

        var pairs = LogDump.Read(Folder["store"]).Where(item => item.Kind == "pair").ToList();

        Assert.Equal(["1 1 key1", "2 2 a", "2 3 b", "3 4 key3"], pairs.Select(item => $"{item.Index} {item.Serial} {item.Key}"));
        Assert.Equal("22"u8, pairs[2].Value!.Value.Span);
        Assert.Equal((2L, $"pair 2 of 2, request {request}"), (pairs[2].Size, pairs[2].Detail));
        Assert.All(pairs, item => Assert.Equal(Life.OwnerOf("a"), item.Owner));
    }
}
