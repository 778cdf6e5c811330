namespace RaftActors.Network;

/// <summary>The written frames of one connection that are not sent yet. Not thread-safe.</summary>
internal interface IFrames
{
    /// <summary>Number of bytes that <see cref="Take"/> would return.</summary>
    int Length { get; }

    /// <summary>The largest buffer to keep for this connection.</summary>
    int KeptSize { get; }

    /// <summary>The format level of the next frames.</summary>
    byte Level { get; set; }

    /// <summary>Takes the frames. The writer continues in the other buffer, unless that is too large to keep.</summary>
    ArraySegment<byte> Take(byte[] next);
}
