using RaftActors.Settings;

namespace RaftActors.Network;

/// <summary>The connections of a program to others. Thread-safe.</summary>
internal interface IChannels
{
    /// <summary>Those of the machine of this thread.</summary>
    static IChannels Current => Machine.Current is IChannelMachine { Channels: var channels } ? channels : SocketChannels.Instance;

    /// <summary>A channel that connects to another program.</summary>
    ByteChannel New();

    /// <param name="host">A name or an address of this machine, or empty for all addresses.</param>
    /// <param name="port">0 takes any free port.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The port cannot be opened, or the name is unknown.</exception>
    IChannelListener Listen(string host, int port);
}

/// <summary>A <see cref="Machine"/> with connections of its own.</summary>
internal interface IChannelMachine
{
    /// <summary>The connections of the program that asks.</summary>
    IChannels Channels { get; }
}

/// <summary>Accepts connections at one port.</summary>
internal interface IChannelListener : IDisposable
{
    int Port { get; }

    Task<ByteChannel> AcceptAsync();
}
