using System.Text.Json.Serialization;
using Latlab.Crds.Experiments;

namespace Latlab.Cli.Forwarding;

/// <summary>The API's names of the forwarding modes, which are testpmd's.</summary>
[JsonSerializable(typeof(ForwardingMode))]
internal sealed partial class ModeJson : JsonSerializerContext;
