using RaftTrials.Clients;

namespace RaftTrials.Servers;

/// <summary>What processes use, by the name of the measure.</summary>
internal static class Usage
{
    /// <summary>Memory, heap after a collection, threads and handles of a node; files, log segments and bytes of its disk.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> Of(RaftServer node)
    {
        var from = node.Process.LineCount;
        node.Process.Tell(MemberCommand.Heap);
        var said = await node.Says(line => line.Text.Contains($" {MemberCommand.Heap} ", StringComparison.Ordinal), "its heap", from);
        var heap = double.Parse(said.Text.Split(' ')[^1], CultureInfo.InvariantCulture);

        // A file may be deleted meanwhile. After Exists its length is known.
        List<FileInfo> files =
        [
            .. new DirectoryInfo(node.Data).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.Exists),
        ];
        return new Dictionary<string, double>(Of($"{node.Process.Id}", heap))
        {
            ["files"] = files.Count,
            ["segments"] = files.Count(file => file.Extension == ".wal"),
            ["disk"] = files.Sum(file => file.Length),
        };
    }

    /// <summary>Memory, heap after a collection, threads and handles of this process.</summary>
    public static IReadOnlyDictionary<string, double> OfThisProcess() => Of("self", LiveHeap());

    /// <summary>
    /// The bytes of the objects of this process that are still referenced. The size of the heap also has the free room between large
    /// objects, which differed by 4 MB from one collection to the next.
    /// </summary>
    public static long LiveHeap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetGCMemoryInfo(GCKind.FullBlocking).PromotedBytes;
    }

    private static Dictionary<string, double> Of(string process, double heap)
    {
        var status = File.ReadAllLines($"/proc/{process}/status");
        return new()
        {
            ["memory"] = Read("VmRSS:") * 1024,
            ["heap"] = heap,
            ["threads"] = Read("Threads:"),
            ["handles"] = Directory.GetFileSystemEntries($"/proc/{process}/fd").Length,
        };

        double Read(string name) => double.Parse(
            status.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(':', 'k')[1], CultureInfo.InvariantCulture);
    }
}
