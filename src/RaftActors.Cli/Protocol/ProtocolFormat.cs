using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RaftActors.Cli.Protocol;

/// <summary>
/// Writes requests and replies as JSON, with one manifest for each kind. Later versions may add members, which older ones ignore. A
/// manifest is never reused for another kind.
/// </summary>
internal static class ProtocolFormat
{
    public static string ManifestOf(object message) => message switch
    {
        Request.Append => "append",
        Request.AddMember => "add-member",
        Request.RemoveMember => "remove-member",
        Request.SetMaxQuorum => "set-max-quorum",
        Request.Transfer => "transfer",
        Request.Status => "status",
        Request.Explain => "explain",
        Request.ReadLog => "read-log",
        Reply.Redirected => "redirected",
        Reply.Committed => "committed",
        Reply.Done => "done",
        Reply.Refused => "refused",
        Reply.Unknown => "unknown",
        Reply.StatusIs => "status-is",
        Reply.ExplanationIs => "explanation-is",
        Reply.LogPage => "log-page",
        _ => throw new UnreachableException($"{message.GetType()} has no manifest."),
    };

    public static byte[] Write(object message) => JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), ProtocolJson.Default);

    /// <exception cref="InvalidDataException">The manifest is unknown, or the bytes are no such message.</exception>
    public static object Read(byte[] bytes, string manifest)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, KindOf(manifest))
                ?? throw new InvalidDataException($"Cannot read a message of kind '{manifest}': it is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"Cannot read a message of kind '{manifest}': {e.Message}", e);
        }
    }

    private static JsonTypeInfo KindOf(string manifest) => manifest switch
    {
        "append" => ProtocolJson.Default.Append,
        "add-member" => ProtocolJson.Default.AddMember,
        "remove-member" => ProtocolJson.Default.RemoveMember,
        "set-max-quorum" => ProtocolJson.Default.SetMaxQuorum,
        "transfer" => ProtocolJson.Default.Transfer,
        "status" => ProtocolJson.Default.Status,
        "explain" => ProtocolJson.Default.Explain,
        "read-log" => ProtocolJson.Default.ReadLog,
        "redirected" => ProtocolJson.Default.Redirected,
        "committed" => ProtocolJson.Default.Committed,
        "done" => ProtocolJson.Default.Done,
        "refused" => ProtocolJson.Default.Refused,
        "unknown" => ProtocolJson.Default.Unknown,
        "status-is" => ProtocolJson.Default.StatusIs,
        "explanation-is" => ProtocolJson.Default.ExplanationIs,
        "log-page" => ProtocolJson.Default.LogPage,
        _ => throw new InvalidDataException($"Cannot read a message of kind '{manifest}': this version does not know it."),
    };
}
