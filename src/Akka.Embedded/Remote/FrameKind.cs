namespace Akka.Remote;

/// <summary>
/// What a frame carries. A frame is four bytes of length (of what follows, little-endian), one byte of kind, and its body.
/// A connection serves one direction: its opener sends messages, its acceptor only answers with what keeps the link in order.
/// </summary>
internal enum FrameKind : byte
{
    /// <summary>Opener's first frame: magic, version, addresses, uid, and the uid that it quarantined.</summary>
    Hello = 1,

    /// <summary>Acceptor's consent with its uid.</summary>
    Welcome = 2,

    /// <summary>Acceptor's refusal: a <see cref="RefusalReason"/> and a text for the log.</summary>
    Refusal = 3,

    /// <summary>A message to an actor, delivered at most once.</summary>
    Message = 4,

    /// <summary>A numbered system message, resent until acknowledged.</summary>
    SystemMessage = 5,

    /// <summary>Acceptor's: the number up to which system messages have been taken.</summary>
    Acknowledgement = 6,

    /// <summary>Opener's sign of life on an idle link; answered in kind, so that both notice a silent one.</summary>
    Heartbeat = 7,
}

internal enum RefusalReason : byte
{
    /// <summary>The hello speaks of another address than ours, or not our language at all.</summary>
    Misdirected = 1,

    /// <summary>The acceptor has quarantined the opener's uid.</summary>
    OpenerIsQuarantined = 2,

    /// <summary>The opener has quarantined the acceptor's uid, and learns so that it is still the one.</summary>
    AcceptorIsQuarantined = 3,
}
