using System.Runtime.Serialization;

namespace Akka.Remote;

/// <summary>Bytes from the network are not what our wire format says. The connection they came from is of no more use.</summary>
internal sealed class WireException(string message) : SerializationException(message);
