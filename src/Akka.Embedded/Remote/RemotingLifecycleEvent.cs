using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>An event of this system's remoting. It is published on the event stream and logged at its own level.</summary>
public abstract class RemotingLifecycleEvent
{
    public abstract LogLevel LogLevel();
}

/// <summary>
/// An event of one connection. Each connection serves one direction. So two systems that exchange messages have two: one that this
/// system opened, and an inbound one.
/// </summary>
public abstract class AssociationEvent : RemotingLifecycleEvent
{
    public abstract Address LocalAddress { get; protected set; }

    public abstract Address RemoteAddress { get; protected set; }

    public abstract bool IsInbound { get; protected set; }

    public override string ToString() =>
        $"{GetType().Name[..^"Event".Length]} [{LocalAddress}] {(IsInbound ? "<-" : "->")} [{RemoteAddress}]";
}

public sealed class AssociatedEvent(Address localAddress, Address remoteAddress, bool inbound) : AssociationEvent
{
    public override Address LocalAddress { get; protected set; } = localAddress;

    public override Address RemoteAddress { get; protected set; } = remoteAddress;

    public override bool IsInbound { get; protected set; } = inbound;

    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}

public sealed class DisassociatedEvent(Address localAddress, Address remoteAddress, bool inbound) : AssociationEvent
{
    public override Address LocalAddress { get; protected set; } = localAddress;

    public override Address RemoteAddress { get; protected set; } = remoteAddress;

    public override bool IsInbound { get; protected set; } = inbound;

    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}

public sealed class AssociationErrorEvent(Exception cause, Address localAddress, Address remoteAddress, bool inbound, LogLevel level)
    : AssociationEvent
{
    public override Address LocalAddress { get; protected set; } = localAddress;

    public override Address RemoteAddress { get; protected set; } = remoteAddress;

    public override bool IsInbound { get; protected set; } = inbound;

    public Exception Cause { get; } = cause;

    public override LogLevel LogLevel() => level;

    public override string ToString() => $"{base.ToString()}: {Cause.Message}";
}

public sealed class RemotingListenEvent(IList<Address> listenAddresses) : RemotingLifecycleEvent
{
    public IList<Address> ListenAddresses { get; } = listenAddresses;

    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;

    public override string ToString() => $"Remoting now listens on addresses: [{string.Join(", ", ListenAddresses)}]";
}

public sealed class RemotingShutdownEvent : RemotingLifecycleEvent
{
    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;

    public override string ToString() => "Remoting shut down";
}

/// <summary>The listening port failed.</summary>
public sealed class RemotingErrorEvent(Exception cause) : RemotingLifecycleEvent
{
    public Exception Cause { get; } = cause;

    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;

    public override string ToString() => $"Remoting error: {Cause.Message}";
}

/// <summary>One incarnation of a remote system counts as dead from now on. Only a new one can be reached at its address.</summary>
public sealed class QuarantinedEvent(Address address, int uid) : RemotingLifecycleEvent
{
    public Address Address { get; } = address;

    public int Uid { get; } = uid;

    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;

    public override string ToString() =>
        $"The actor system {Address} with uid {Uid} is quarantined: messages to it become dead letters until it is restarted";
}

/// <summary>Another system has quarantined this one. They can communicate again after a restart of this system.</summary>
public sealed class ThisActorSystemQuarantinedEvent(Address localAddress, Address remoteAddress) : RemotingLifecycleEvent
{
    public Address LocalAddress { get; } = localAddress;

    public Address RemoteAddress { get; } = remoteAddress;

    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;

    public override string ToString() => $"This actor system, {LocalAddress}, has been quarantined by {RemoteAddress}";
}
