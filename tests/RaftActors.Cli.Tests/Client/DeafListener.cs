using System.Net;
using System.Net.Sockets;

namespace RaftActors.Cli.Tests.Client;

/// <summary>Accepts connections and neither reads nor writes, like a stopped process.</summary>
internal sealed class DeafListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public DeafListener()
    {
        _listener.Start();
        Id = new ServerId("", ((IPEndPoint)_listener.LocalEndpoint).Port);
    }

    public ServerId Id { get; }

    public void Dispose() => _listener.Dispose();
}
