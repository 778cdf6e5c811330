namespace RaftActors.Network;

/// <summary>The written frames of one connection that are not sent yet. Not thread-safe.</summary>
internal interface IFrames
{
    /// <summary>The number of bytes that <see cref="Take"/> would return.</summary>
    int Length { get; }

    int KeptSize { get; }

    byte Level { get; set; }

    /// <summary>Takes the frames. The writer continues in the given buffer, unless that is too large to keep.</summary>
    ArraySegment<byte> Take(byte[] next);
}
