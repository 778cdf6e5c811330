namespace RaftActors.Cli.Tests.Server;

/// <summary>Servers of the program <c>raft</c>, with directories and ports of their own.</summary>
[Trait("Needs", "Linux")]
public abstract class ServerProgramTest : IDisposable
{
    private protected ServerFolder Folder { get; } = new();

    public void Dispose() => Folder.Dispose();

    private protected void Damage(int port, ReadOnlySpan<byte> text)
    {
        var file = Assert.Single(Directory.GetFiles(Path.Combine(Folder.DataOf(port), "log"), "*.wal"));
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.AsSpan().IndexOf(text)] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    // Recovers the server as the only survivor of its group.
    private protected void Recover(int port)
    {
        var recovery = Run.Here(
            "recover", "--data", Folder.DataOf(port), "--group", "raft", "--process", $"raft@:{port}", "--members", $"raft@:{port}",
            "--yes");
        Assert.Equal((0, ""), (recovery.Code, recovery.Error));
    }

    private protected Task<RunningServer> StartAlone(int port) => Elected(Folder.Start($":{port}", port));

    private protected Task<RunningServer> StartProcessAlone(int port) => Elected(Folder.StartProcess($":{port}", port));

    // On failure it shows the reason of the refusal.
    private protected static void AssertChanged(string verb, int server, int by)
    {
        var run = Run.Here("members", verb, $":{server}", "-S", $":{by}");
        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    /// <param name="processes">The places of the servers that get a process of their own, because the test kills them.</param>
    private protected async Task<RunningServer[]> StartGroup(int[] ports, params int[] processes)
    {
        var list = ServerFolder.ListOf(ports);
        var servers = ports
            .Select((port, place) => processes.Contains(place) ? Folder.StartProcess(list, port) : Folder.Start(list, port))
            .ToArray();
        await Task.WhenAll(servers.Select(server => server.Line("the group is founded")));
        return servers;
    }

    private static async Task<RunningServer> Elected(RunningServer server)
    {
        await server.Line("elected leader");
        return server;
    }
}
