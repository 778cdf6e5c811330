using System.Net;
using System.Net.Sockets;

using RaftActors.Core.Codec;
using RaftActors.Network;

namespace RaftActors.Cli.Tests.Application;

/// <summary>Takes connections as a node whose program knows format level 1 only, and answers no call.</summary>
internal sealed class EarlierNode : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _clients = [];

    public EarlierNode()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Name => $"{_listener.LocalEndpoint}";

    public void Dispose()
    {
        _listener.Dispose();
        lock (_clients)
        {
            _clients.ForEach(client => client.Dispose());
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync();
            lock (_clients)
            {
                _clients.Add(client);
            }

            var head = new byte[Handshake.HeadSize];
            await client.GetStream().ReadExactlyAsync(head);
            await client.GetStream().ReadExactlyAsync(new byte[Handshake.ReadHead(head)]);
            await client.GetStream().WriteAsync(Handshake.AnswerOf(node: 7, new FormatRange(1, 1)));
        }
    }
}
