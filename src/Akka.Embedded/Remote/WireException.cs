using System.Runtime.Serialization;

namespace Akka.Remote;

/// <summary>Bytes from the network violate the wire format. The connection cannot be used further.</summary>
internal sealed class WireException(string message) : SerializationException(message);
