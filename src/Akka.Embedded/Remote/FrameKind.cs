namespace Akka.Remote;

/// <summary>
/// The kinds of frames. A frame is four bytes of length (of the rest, little-endian), one byte of kind, and a body. Each connection
/// serves one direction: the opener sends messages, the acceptor sends only control frames.
/// </summary>
internal enum FrameKind : byte
{
    /// <summary>The opener's first frame: magic, version, addresses, uid, and the peer's uid that it has quarantined.</summary>
    Hello = 1,

    /// <summary>The acceptor accepts the connection and reports its uid.</summary>
    Welcome = 2,

    /// <summary>The acceptor refuses the connection: a <see cref="RefusalReason"/> and a text for the log.</summary>
    Refusal = 3,

    /// <summary>A message to an actor, delivered at most once.</summary>
    Message = 4,

    /// <summary>A numbered system message, resent until acknowledged.</summary>
    SystemMessage = 5,

    /// <summary>From the acceptor: the highest number of the system messages received so far.</summary>
    Acknowledgement = 6,

    /// <summary>From the opener on an idle link. The acceptor answers with the same kind, so that both ends detect a silent link.</summary>
    Heartbeat = 7,
}

internal enum RefusalReason : byte
{
    /// <summary>The hello names another address, or does not follow the protocol.</summary>
    Misdirected = 1,

    /// <summary>The acceptor has quarantined the opener's uid.</summary>
    OpenerIsQuarantined = 2,

    /// <summary>The opener has quarantined the acceptor's uid, which is still the current one.</summary>
    AcceptorIsQuarantined = 3,
}
