using System.Net;
using System.Net.Sockets;

namespace RaftActors.Cli.Tests.Server;

/// <summary>Servers on ports that were free, each with a directory of its own; all of them end with it.</summary>
internal sealed class ServerFolder : IDisposable
{
    private const int FirstPort = 20_000;
    private const int Ports = 12_000;

    private static int _lastPort = Environment.ProcessId * 17 % Ports;

    private readonly List<ServerProcess> _servers = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("raft").FullName;

    /// <summary>
    /// Ports that nobody listens on. Below those that the system gives to connections, or one of the servers' own might get the port of a
    /// server that starts later.
    /// </summary>
    public static int[] FreePorts(int count)
    {
        var ports = new List<int>();
        while (ports.Count < count)
        {
            var port = FirstPort + (Interlocked.Increment(ref _lastPort) % Ports);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                ports.Add(port);
            }
            catch (SocketException)
            {
            }
        }

        return [.. ports];
    }

    public static string ListOf(params int[] ports) => string.Join(',', ports.Select(port => $":{port}"));

    public string DataOf(int port) => System.IO.Path.Combine(Path, $"_{port}");

    public ServerProcess Start(string cluster, int port, params string[] more)
    {
        var server = ServerProcess.Start(["server", "-c", cluster, "-p", $":{port}", "--data", DataOf(port), .. more]);
        _servers.Add(server);
        return server;
    }

    public void Dispose()
    {
        _servers.ForEach(server => server.Dispose());
        Directory.Delete(Path, recursive: true);
    }
}
