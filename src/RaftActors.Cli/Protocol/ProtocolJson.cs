using System.Text.Json.Serialization;

namespace RaftActors.Cli.Protocol;

/// <summary>
/// How requests and replies are written as JSON, made when the program is compiled. A member without a default value must be there, and
/// must not be null if its type is not: a peer may send anything.
/// </summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Request.Append))]
[JsonSerializable(typeof(Request.AddMember))]
[JsonSerializable(typeof(Request.RemoveMember))]
[JsonSerializable(typeof(Request.SetMaxQuorum))]
[JsonSerializable(typeof(Request.Transfer))]
[JsonSerializable(typeof(Request.Status))]
[JsonSerializable(typeof(Request.Explain))]
[JsonSerializable(typeof(Request.ReadLog))]
[JsonSerializable(typeof(Reply.Redirected))]
[JsonSerializable(typeof(Reply.Committed))]
[JsonSerializable(typeof(Reply.Done))]
[JsonSerializable(typeof(Reply.Refused))]
[JsonSerializable(typeof(Reply.Unknown))]
[JsonSerializable(typeof(Reply.StatusIs))]
[JsonSerializable(typeof(Reply.ExplanationIs))]
[JsonSerializable(typeof(Reply.LogPage))]
internal sealed partial class ProtocolJson : JsonSerializerContext;
