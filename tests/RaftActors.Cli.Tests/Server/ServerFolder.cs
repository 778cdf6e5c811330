namespace RaftActors.Cli.Tests.Server;

/// <summary>Servers with a data directory each. Dispose ends them and deletes the directories.</summary>
internal sealed class ServerFolder : IDisposable
{
    private readonly List<RunningServer> _servers = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("raft").FullName;

    public static string ListOf(params int[] ports) => string.Join(',', ports.Select(port => $":{port}"));

    public string DataOf(int port) => System.IO.Path.Combine(Path, $"_{port}");

    /// <summary>Starts a server in the test's process.</summary>
    public RunningServer Start(string cluster, int port, params string[] more) => Add(ServerHere.Start(Arguments(cluster, port, more)));

    /// <summary>Starts a server in a process of its own, which a test can kill or stop.</summary>
    public RunningServer StartProcess(string cluster, int port, params string[] more) =>
        Add(ServerProcess.Start(Arguments(cluster, port, more)));

    public void Dispose()
    {
        _servers.ForEach(server => server.Dispose());
        Directory.Delete(Path, recursive: true);
    }

    private string[] Arguments(string cluster, int port, string[] more) =>
        ["server", "-c", cluster, "-p", $":{port}", "--data", DataOf(port), .. more];

    private RunningServer Add(RunningServer server)
    {
        _servers.Add(server);
        return server;
    }
}
