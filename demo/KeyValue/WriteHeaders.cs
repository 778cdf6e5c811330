using System.Globalization;

using Microsoft.AspNetCore.Mvc;

namespace KeyValue;

/// <summary>The headers of a write.</summary>
/// <param name="IfMatch">The ETag that the item must have, or <c>*</c> for any.</param>
/// <param name="IfNoneMatch"><c>*</c>: there must be no item.</param>
/// <param name="IdempotencyKey">Names the operation: requests with the same one change the item once.</param>
/// <param name="Session">The session of an earlier answer.</param>
internal sealed record WriteHeaders(
    [FromHeader(Name = "If-Match")] string? IfMatch,
    [FromHeader(Name = "If-None-Match")] string? IfNoneMatch,
    [FromHeader(Name = "Idempotency-Key")] string? IdempotencyKey,
    [FromHeader(Name = KeyValue.Session.Header)] string? Session)
{
    /// <summary>The condition as <see cref="Change.IfSerial"/> has it. False: the headers cannot be read.</summary>
    public bool TryGetCondition(out long? condition)
    {
        condition = null;
        switch (IfMatch, IfNoneMatch)
        {
            case (null, null):
                return true;
            case (null, "*"):
                condition = Change.IfAbsent;
                return true;
            case ("*", null):
                condition = Change.IfPresent;
                return true;
            case (['"', .. var text, '"'], null) when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var serial):
                condition = serial;
                return serial > 0;
            default:
                return false;
        }
    }
}
